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
      - Existing tokens and a managed identity belong to one tenant regardless of this option, so they are compared with
        it. With them, a domain is looked up at Microsoft Entra, which an id need not be.
      - Defaults to the environment variable E(AZURE_TENANT_ID).
    type: str
  client_id:
    description:
      - The application (client) id that signs in.
      - With O(auth_method=managed_identity), the client id of a user-assigned identity.
      - Defaults to the environment variable E(AZURE_CLIENT_ID).
    type: str
  client_secret:
    description:
      - A secret of the application.
      - Defaults to the environment variable E(AZURE_CLIENT_SECRET). Do not set it in C(environment) of a task that runs
        as a module process, since Ansible shows its command line at C(-vvv).
    type: str
  certificate_path:
    description:
      - A file with a certificate of the application and its private key, PEM or PFX.
      - Defaults to the environment variable E(AZURE_CLIENT_CERTIFICATE_PATH).
    type: path
  certificate_password:
    description:
      - The password of O(certificate_path), if it has one.
      - Defaults to the environment variable E(AZURE_CLIENT_CERTIFICATE_PASSWORD).
    type: str
  federated_token:
    description:
      - The token of a federated credential (workload identity), as a platform gives it to a job in a variable. Give
        this or O(federated_token_file).
      - In a job of GitHub that may request an id token, neither is needed. The token is then requested from
        GitHub for each sign-in, if no other credential is set.
      - Defaults to the environment variable E(AZURE_FEDERATED_TOKEN).
    type: str
  federated_token_file:
    description:
      - A file with the token of a federated credential (workload identity). It is read again for each sign-in.
      - Defaults to the environment variable E(AZURE_FEDERATED_TOKEN_FILE).
    type: path
  auth_method:
    description:
      - How to sign in.
      - By default, exactly one of V(client_secret), V(certificate), V(federated_token), V(token) must be complete.
      - V(managed_identity) and V(device_code) are only used if this option names them.
      - V(device_code) shows its code at the terminal, so it needs a task that runs in Ansible's worker.
      - A credential in the options of a task takes precedence over this variable, and over the credentials of other
        methods in the environment. Credentials of several methods in the options are refused.
      - Defaults to the environment variable E(INTUNE_EXCHANGE_AUTH_METHOD).
    type: str
    choices: [client_secret, certificate, federated_token, managed_identity, device_code, token]
  graph_token:
    description:
      - An existing access token for Microsoft Graph.
      - Defaults to the environment variable E(INTUNE_EXCHANGE_GRAPH_TOKEN).
    type: str
  exchange_token:
    description:
      - An existing access token for Exchange Online.
      - Defaults to the environment variable E(INTUNE_EXCHANGE_EXCHANGE_TOKEN).
    type: str
  token_cache:
    description:
      - A folder in which module processes, and later runs, share their access tokens, so that there is one sign-in to
        each tenant until they expire.
      - It is created with mode 0700 if it does not exist. A folder or file that belongs to another user, is accessible
        to others or is a link is refused. Whoever can read it can act as the application until the tokens expire.
      - Without it, the tasks of one C(ansible-playbook) that run in Ansible's worker share their tokens in memory.
      - Defaults to the environment variable E(INTUNE_EXCHANGE_TOKEN_CACHE).
    type: path
  cloud:
    description:
      - The cloud of the tenant. It determines which hosts are called.
      - V(public) includes GCC, V(us_government) is GCC High.
      - Defaults to the environment variable E(INTUNE_EXCHANGE_CLOUD).
    type: str
    choices: [public, us_government, us_government_dod, china]
    default: public
  authority_url:
    description:
      - Custom sign-in address, as C(https://HOST) or C(https://HOST:PORT).
      - Defaults to the environment variable E(AZURE_AUTHORITY_HOST).
    type: str
  graph_url:
    description:
      - Custom address of Microsoft Graph, as C(https://HOST) or C(https://HOST:PORT).
      - Defaults to the environment variable E(INTUNE_EXCHANGE_GRAPH_URL).
    type: str
  exchange_url:
    description:
      - Custom address of Exchange Online, as C(https://HOST) or C(https://HOST:PORT).
      - Defaults to the environment variable E(INTUNE_EXCHANGE_EXCHANGE_URL).
    type: str
  ca_path:
    description:
      - A file with the certificate authorities to trust instead of the default ones, such as that of an inspecting
        proxy.
      - Defaults to the environment variable E(INTUNE_EXCHANGE_CA_PATH). No other variable changes trust.
    type: path
  proxy:
    description:
      - The URL of a proxy, as C(http://HOST:PORT) or C(http://USER:PASSWORD@HOST:PORT). Its password is never shown.
      - Variables such as C(HTTPS_PROXY) are ignored.
      - Defaults to the environment variable E(INTUNE_EXCHANGE_PROXY).
    type: str
  timeout:
    description:
      - The maximum number of seconds for the whole task, including sign-in, retries and slow responses.
      - Defaults to the environment variable E(INTUNE_EXCHANGE_TIMEOUT).
    type: int
    default: 300
requirements:
  - msal
  - requests >= 2.33
"""

    # What plugins add, since they read the environment as their documentation says.
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
  federated_token:
    env:
      - name: AZURE_FEDERATED_TOKEN
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
