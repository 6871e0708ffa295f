# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options that every module shares, as documentation. The specs are in module_utils/_core/connection.py."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  tenant_id:
    description:
      - The tenant, by its id or one of its verified domains. Needed by every task.
      - Ready tokens and a managed identity belong to a tenant whatever is named here. Name it by its id with them,
        since only an id can be compared with what the token says.
      - Read from E(AZURE_TENANT_ID) when left out.
    type: str
  client_id:
    description:
      - The application (client) id that signs in.
      - With O(auth_method=managed_identity), the client id of a user-assigned identity.
      - Read from E(AZURE_CLIENT_ID) when left out.
    type: str
  client_secret:
    description:
      - A secret of the application.
      - Read from E(AZURE_CLIENT_SECRET) when left out. Do not set it in C(environment) of a task that runs as a module
        process, since Ansible shows its command line at C(-vvv).
    type: str
  certificate_path:
    description:
      - A file with a certificate of the application and its private key, PEM or PFX.
      - Read from E(AZURE_CLIENT_CERTIFICATE_PATH) when left out.
    type: path
  certificate_password:
    description:
      - The password of O(certificate_path), if it has one.
      - Read from E(AZURE_CLIENT_CERTIFICATE_PASSWORD) when left out.
    type: str
  federated_token_file:
    description:
      - A file with the token of a federated credential (workload identity). It is read anew for each sign-in.
      - Read from E(AZURE_FEDERATED_TOKEN_FILE) when left out.
    type: path
  auth_method:
    description:
      - How to sign in.
      - When left out, exactly one of V(client_secret), V(certificate), V(federated_token), V(token) must be complete.
      - V(managed_identity) and V(device_code) are only used when they are named here.
      - V(device_code) shows its code at the terminal, so it needs a task that runs in Ansible's worker.
      - A credential in the options of a task outranks this variable, and the credentials of other methods in the
        environment. Credentials of several methods in the options are refused.
      - Read from E(INTUNE_EXCHANGE_AUTH_METHOD) when left out.
    type: str
    choices: [client_secret, certificate, federated_token, managed_identity, device_code, token]
  graph_token:
    description:
      - A ready access token for Microsoft Graph.
      - Read from E(INTUNE_EXCHANGE_GRAPH_TOKEN) when left out.
    type: str
  exchange_token:
    description:
      - A ready access token for Exchange Online.
      - Read from E(INTUNE_EXCHANGE_EXCHANGE_TOKEN) when left out.
    type: str
  token_cache:
    description:
      - A folder in which tasks, and later runs, share their access tokens, so that each tenant is signed in to once
        while they live.
      - It is made with mode 0700 when it is not there. A folder or file that belongs to another user, is open to
        others or is a link is refused. Whoever can read it can act as the application until the tokens end.
      - Without it, only the items of a loop share their tokens, in memory.
      - Read from E(INTUNE_EXCHANGE_TOKEN_CACHE) when left out.
    type: path
  cloud:
    description:
      - The cloud that holds the tenant. It decides which hosts are called.
      - V(public) includes GCC, V(us_government) is GCC High.
      - Read from E(INTUNE_EXCHANGE_CLOUD) when left out.
    type: str
    choices: [public, us_government, us_government_dod, china]
    default: public
  authority_url:
    description:
      - Where to sign in instead, as C(https://HOST) or C(https://HOST:PORT).
      - Read from E(AZURE_AUTHORITY_HOST) when left out.
    type: str
  graph_url:
    description:
      - Where Microsoft Graph is instead, as C(https://HOST) or C(https://HOST:PORT).
      - Read from E(INTUNE_EXCHANGE_GRAPH_URL) when left out.
    type: str
  exchange_url:
    description:
      - Where Exchange Online is instead, as C(https://HOST) or C(https://HOST:PORT).
      - Read from E(INTUNE_EXCHANGE_EXCHANGE_URL) when left out.
    type: str
  ca_path:
    description:
      - A file with the certificate authorities to trust instead of the usual ones, such as that of an inspecting proxy.
      - Read from E(INTUNE_EXCHANGE_CA_PATH) when left out. No other variable changes trust.
    type: path
  proxy:
    description:
      - The URL of a proxy, as C(http://HOST:PORT) or C(http://USER:PASSWORD@HOST:PORT). Its password is never shown.
      - Variables such as C(HTTPS_PROXY) are not looked at.
      - Read from E(INTUNE_EXCHANGE_PROXY) when left out.
    type: str
  timeout:
    description:
      - How many seconds the whole task may take, sign-in, retries and slow answers included.
      - Read from E(INTUNE_EXCHANGE_TIMEOUT) when left out.
    type: int
    default: 300
requirements:
  - msal
  - requests >= 2.33
"""

    # What a plugin says on top of that, since it reads the environment by its documentation.
    ENVIRONMENT = r"""
options:
  tenant_id:
    env:
      - name: AZURE_TENANT_ID
  client_id:
    env:
      - name: AZURE_CLIENT_ID
  client_secret:
    env:
      - name: AZURE_CLIENT_SECRET
  certificate_path:
    env:
      - name: AZURE_CLIENT_CERTIFICATE_PATH
  certificate_password:
    env:
      - name: AZURE_CLIENT_CERTIFICATE_PASSWORD
  federated_token_file:
    env:
      - name: AZURE_FEDERATED_TOKEN_FILE
  auth_method:
    env:
      - name: INTUNE_EXCHANGE_AUTH_METHOD
  graph_token:
    env:
      - name: INTUNE_EXCHANGE_GRAPH_TOKEN
  exchange_token:
    env:
      - name: INTUNE_EXCHANGE_EXCHANGE_TOKEN
  cloud:
    env:
      - name: INTUNE_EXCHANGE_CLOUD
  authority_url:
    env:
      - name: AZURE_AUTHORITY_HOST
  graph_url:
    env:
      - name: INTUNE_EXCHANGE_GRAPH_URL
  exchange_url:
    env:
      - name: INTUNE_EXCHANGE_EXCHANGE_URL
  ca_path:
    env:
      - name: INTUNE_EXCHANGE_CA_PATH
  proxy:
    env:
      - name: INTUNE_EXCHANGE_PROXY
  timeout:
    env:
      - name: INTUNE_EXCHANGE_TIMEOUT
  token_cache:
    env:
      - name: INTUNE_EXCHANGE_TOKEN_CACHE
"""
