# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A credential of an application."""

from __future__ import annotations

DOCUMENTATION = r"""
module: application_credential
short_description: Manage a credential of an application
version_added: 1.0.0
author: intune.exchange contributors (@intune-exchange)
description:
  - Manages one credential of an application, and removes all others with O(remove_others).
  - For a certificate, the module creates the key on the host that runs the task. The key is stored only in the file
    O(path), with mode 0600. If a run was killed, the next run continues with the file that it left.
  - A federated credential trusts the tokens of a platform that runs jobs, so there is no secret.
options:
  unique_name:
    description:
      - The C(uniqueName) of an application that M(intune.exchange.application) created. Exactly one of O(unique_name)
        and O(app_id) is required.
    type: str
  app_id:
    description:
      - The application (client) id of any application.
    type: str
  kind:
    description:
      - V(certificate) creates a key and a self-signed certificate in the file O(path), and registers the certificate.
        Within O(renew_before_days) of its expiry, a new certificate replaces it in the file. The old one stays
        registered unless O(remove_others=true).
      - V(federated) trusts the tokens of a platform. Specify one of O(github), O(gitlab), O(kubernetes) and
        O(automation_platform), or O(issuer) with O(subject). If a credential with another name already trusts them, it
        stays unchanged. The task then fails if the credential O(name) trusts something else, unless
        O(remove_others=true).
      - V(client_secret) makes Microsoft Entra create a secret, and writes it to the file O(path). Anyone who can read
        the secret can act as the application, so prefer the other kinds. The id of the secret is in a file with the
        same name and C(.id) at its end.
    type: str
    choices: [certificate, federated, client_secret]
    required: true
  name:
    description:
      - Name of the credential, with 3 to 60 letters, digits, hyphens and underscores.
    type: str
    default: intune-exchange
  path:
    description:
      - The file for the key or the secret, on the host that runs the task. Its folder must exist. Required for
        O(kind=certificate) and O(kind=client_secret) with O(state=present).
      - An existing file is used only if no other user can access it. The file is never removed.
      - A new file never replaces a symbolic link.
      - A client secret never replaces a file that was not written for a client secret, or that is for another
        application.
    type: path
  validity_days:
    description:
      - How long a new certificate or secret is valid, 36500 at most.
    type: int
    default: 365
  renew_before_days:
    description:
      - Replace a certificate or secret that expires within this many days.
    type: int
    default: 30
  github:
    description:
      - Jobs of GitHub Actions.
    type: dict
    suboptions:
      owner:
        description: Name of the user or organization.
        type: str
        required: true
      owner_id:
        description:
          - Its id. Somebody else can get the name later, but never the id.
          - C(gh api repos/OWNER/REPOSITORY --jq '[.owner.id, .id]') prints both ids.
        type: int
      repository:
        description: Name of the repository, without the owner.
        type: str
        required: true
      repository_id:
        description: Its id.
        type: int
      branch:
        description: Jobs of this branch. Exactly one of branch, tag and environment is required.
        type: str
      tag:
        description: Jobs of this tag.
        type: str
      environment:
        description: Jobs of this environment.
        type: str
      names_only:
        description:
          - Whether the subject has no ids, as for a repository from before 2026-07-15 that has not opted in to
            immutable subjects.
        type: bool
        default: false
  gitlab:
    description:
      - Jobs of GitLab.
    type: dict
    suboptions:
      url:
        description: Address of the GitLab instance.
        type: str
        default: https://gitlab.com
      project:
        description: Path of the project, such as V(group/project).
        type: str
        required: true
      branch:
        description: Jobs of this branch. Exactly one of branch and tag is required.
        type: str
      tag:
        description: Jobs of this tag.
        type: str
  kubernetes:
    description:
      - Pods of a cluster whose issuer is public.
    type: dict
    suboptions:
      issuer:
        description: The issuer of the tokens of service accounts, exactly as the cluster writes it.
        type: str
        required: true
      namespace:
        description: Namespace of the service account.
        type: str
        required: true
      service_account:
        description: Name of the service account.
        type: str
        required: true
  automation_platform:
    description:
      - Jobs of Red Hat Ansible Automation Platform 2.7 or later.
    type: dict
    suboptions:
      url:
        description: Address of the platform.
        type: str
        required: true
      organization:
        description: Name of the organization of the job template.
        type: str
        required: true
      job_template:
        description: Name of the job template.
        type: str
        required: true
  issuer:
    description:
      - The issuer of the tokens of another platform.
    type: str
  subject:
    description:
      - The subject of these tokens.
    type: str
  remove_others:
    description:
      - Whether all other certificates, client secrets and federated credentials of the application are removed, after
        this one is registered. In check mode, C(diff) lists them.
      - Nothing can sign in with the removed credentials any more.
    type: bool
    default: false
  state:
    description:
      - V(present) creates and registers the credential.
      - V(absent) removes it from the application. The file stays.
      - A federated credential is found by its name. With V(absent), if an issuer and a subject are specified, the task
        refuses to remove a credential that trusts others.
    type: str
    choices: [present, absent]
    default: present
extends_documentation_fragment:
  - intune.exchange.connection
  - intune.exchange.attributes
  - intune.exchange.attributes.resource
notes:
  - Needs the Microsoft Graph permissions C(Application.Read.All) to read and C(Application.ReadWrite.All) to write. A
    person also needs the directory role Cloud Application Administrator.
  - The secret is never part of the result.
seealso:
  - module: intune.exchange.application
  - name: Workload identity federation
    description: Sign-in without a secret.
    link: https://learn.microsoft.com/entra/workload-id/workload-identity-federation
"""

EXAMPLES = r"""
- name: Create a certificate, with its key in a file that only this user can read
  intune.exchange.application_credential:
    unique_name: intune-exchange
    kind: certificate
    path: "{{ lookup('ansible.builtin.env', 'HOME') }}/intune-exchange.pem"

- name: Create one for half a year, and a new one a month before it expires
  intune.exchange.application_credential:
    unique_name: intune-exchange
    kind: certificate
    path: "{{ lookup('ansible.builtin.env', 'HOME') }}/intune-exchange.pem"
    validity_days: 180
    renew_before_days: 30

- name: Trust the jobs of the branch main of one repository, and remove what was used before
  intune.exchange.application_credential:
    unique_name: intune-exchange
    kind: federated
    name: github-main
    github:
      owner: contoso
      owner_id: 123456
      repository: mail-automation
      repository_id: 456789
      branch: main
    remove_others: true
"""

RETURN = r"""
application:
  description: The application. Empty in check mode if it does not exist yet.
  returned: success
  type: dict
  sample:
    app_id: 3b2c1f0e-9d8a-4c7b-8e6f-5a4d3c2b1a09
    display_name: Intune and Exchange automation
    id: 0a9b8c7d-6e5f-4a3b-9c1d-0e1f2a3b4c5d
    unique_name: intune-exchange
path:
  description: The file with the key or the secret. Empty for a federated credential.
  returned: success
  type: str
  sample: /home/ansible/intune-exchange.pem
thumbprint:
  description: The SHA-1 thumbprint of the certificate, as Microsoft Entra shows it. Empty for other credentials.
  returned: success
  type: str
  sample: 2F8D6C9B0A1E3D5C7B9A8F6E4D2C0B1A3E5F7D9C
issuer:
  description: The issuer whose tokens are trusted.
  returned: for a federated credential that is present
  type: str
  sample: https://token.actions.githubusercontent.com
subject:
  description: The subject that is trusted.
  returned: for a federated credential that is present
  type: str
  sample: repo:contoso@123456/mail-automation@456789:ref:refs/heads/main
audiences:
  description: The audience that the tokens must have.
  returned: for a federated credential that is present
  type: list
  elements: str
  sample: ["api://AzureADTokenExchange"]
token_available:
  description:
    - Whether a token of this issuer, subject and audience is available where the task runs, from O(federated_token),
      O(federated_token_file) or a job of GitHub. Only with one can anybody sign in with the credential to verify it.
  returned: for a federated credential that is present
  type: bool
  sample: false
roles_needed:
  description: The steps that change something, as in M(intune.exchange.application).
  returned: success
  type: list
  elements: dict
  sample:
    - held: true
      roles: [Cloud Application Administrator, Application Administrator, Global Administrator]
      step: change the credentials of the application
progress:
  description: Progress messages while waiting for the directory.
  returned: when the task waited
  type: list
  elements: str
  sample: ["the directory did not take the credential yet; trying again (1 of 6)"]
undo:
  description: How to undo what was removed, or that it cannot be undone; empty if nothing was.
  returned: success
  type: str
  sample: This cannot be undone
error:
  description:
    - The error, as in M(intune.exchange.connector). C(error.kind) is a stable identifier, such as V(usage),
      V(not_found) or V(forbidden).
  returned: failure
  type: dict
  sample: {kind: not_found}
"""

from ..module_utils._applications.ensure_credential import ensure_credential, undo_of_credential
from ..module_utils._applications.federation import OPTIONS
from ..module_utils._engine.module import run_module
from ..module_utils._engine.run import Declaration

DECLARATION = Declaration(
    "change the credentials of the application",
    ensure_credential,
    {
        "unique_name": {"type": "str"},
        "app_id": {"type": "str"},
        "kind": {"type": "str", "choices": ["certificate", "federated", "client_secret"], "required": True},
        "name": {"type": "str", "default": "intune-exchange"},
        "path": {"type": "path"},
        "validity_days": {"type": "int", "default": 365},
        "renew_before_days": {"type": "int", "default": 30},
        **OPTIONS,
        "remove_others": {"type": "bool", "default": False},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    },
    selects=frozenset(("unique_name", "app_id")),
    undo=undo_of_credential,
)


def main() -> None:
    run_module(DECLARATION)


if __name__ == "__main__":
    main()
