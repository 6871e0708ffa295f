# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The token of one service in one task: when another one may help, and which. No I/O."""

from __future__ import annotations

from dataclasses import dataclass

from .token_memory import Token


@dataclass
class ServiceToken:
    """What the task has, and what became of the tokens before it.

    A service that refuses whatever token it gets must not make every task sign in again and again: without a claims
    challenge, a task gets a new token once for each service, and a person is never asked for one.
    """

    by_person: bool = False  # a person has to sign in for a new token
    key: str = ""  # of its sign-in
    token: Token | None = None
    own: bool = False  # this task itself signed in for it
    let_go_of: str = ""  # the last token that another one has to replace
    tried: bool = False  # another token after a refusal
    challenge: str = ""  # the claims that the next token must have
    claims: str = ""  # the claims that were requested with this one

    def take(self, token: Token) -> None:
        self.token, self.claims, self.challenge = token, self.challenge, ""

    def accepts(self, shared: Token) -> bool:
        """Whether to take what another task got. Nobody knows which claims that has."""
        return not self.challenge and shared.text != self.let_go_of

    def helps_after_refusal(self, of: str, challenge: str) -> bool:
        """Whether another token may help after the service refused the token `of`, and demanded these claims."""
        if self.token is None:
            self.challenge = self.challenge or challenge
            return False
        if self.token.text != of:  # there is a newer one already, perhaps without the claims
            return bool(challenge) and not self.claims
        if self.token.ended:
            return True
        return challenge != self.claims if challenge else not (self.tried or self.by_person)

    def helps_after_denial(self) -> bool:
        """Whether another token may have more rights: the one of an earlier task lacks those granted since."""
        return not (self.own or self.let_go_of or self.by_person)

    def let_go(self, of: str = "", challenge: str = "") -> str:
        """Another token is next, with these claims, since the service refused the token `of` or denied it something.

        Returns the token that nobody may get any more, if any: neither one that is as new as any, nor one that nobody
        refused.
        """
        old = self.token.text if self.token else ""
        spared = (self.own and not challenge) or (bool(of) and of != old)
        self.tried = self.tried or bool(of)
        self.token, self.let_go_of, self.challenge = None, old, challenge
        return "" if spared else old
