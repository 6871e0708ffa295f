# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Issuers and subjects, as documented by the platforms."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.intune.exchange.plugins.filter.federated_trust import FilterModule

trust = FilterModule().filters()["federated_trust"]
GITHUB: dict[str, Any] = {"owner": "octocat", "owner_id": 123456, "repository": "my-repo", "repository_id": 456789}


@pytest.mark.parametrize(
    ("given", "issuer", "subject"),
    [
        # https://learn.microsoft.com/entra/workload-id/workload-identities-github-immutable-subjects
        (
            {"github": {**GITHUB, "branch": "main"}},
            "https://token.actions.githubusercontent.com",
            "repo:octocat@123456/my-repo@456789:ref:refs/heads/main",
        ),
        (
            {"github": {**GITHUB, "environment": "production"}},
            "https://token.actions.githubusercontent.com",
            "repo:octocat@123456/my-repo@456789:environment:production",
        ),
        (
            {"github": {"owner": "octocat", "repository": "my-repo", "tag": "v1", "names_only": True}},
            "https://token.actions.githubusercontent.com",
            "repo:octocat/my-repo:ref:refs/tags/v1",
        ),
        # https://docs.gitlab.com/ci/cloud_services/azure/
        (
            {"gitlab": {"project": "mygroup/myproject", "branch": "main"}},
            "https://gitlab.com",
            "project_path:mygroup/myproject:ref_type:branch:ref:main",
        ),
        # https://learn.microsoft.com/entra/workload-id/workload-identity-federation-create-trust
        (
            {"kubernetes": {"issuer": "https://cluster.example/", "namespace": "ns", "service_account": "sa"}},
            "https://cluster.example/",
            "system:serviceaccount:ns:sa",
        ),
        # Red Hat Ansible Automation Platform 2.7, "Claims for workload identity"
        (
            {
                "automation_platform": {
                    "url": "https://app.ansible.com/",
                    "organization": "my-org",
                    "job_template": "my-template",
                }
            },
            "https://app.ansible.com/o",
            "workload_type:aap_controller_automation_job:organization:my-org:job_template:my-template",
        ),
        ({"issuer": "https://other.example", "subject": "job"}, "https://other.example", "job"),
    ],
)
def test_subjects(given: dict[str, Any], issuer: str, subject: str) -> None:
    found = trust(given)
    assert (found["issuer"], found["subject"]) == (issuer, subject)
    assert found["audience"] == "api://AzureADTokenExchange"
    assert trust(given, "china")["audience"] == "api://AzureADTokenExchangeChina"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "exactly one of"),
        ({"issuer": "https://a.example"}, "exactly one of"),
        ({"issuer": "https://a.example", "subject": "x", "gitlab": {"project": "p", "tag": "t"}}, "exactly one of"),
        ({"issuer": "http://a.example", "subject": "x"}, "is not an https address"),
        ({"issuer": "https://a.example", "subject": "repo:*"}, "an asterisk"),
        ({"github": {"owner": "o", "repository": "r", "branch": "b"}}, "owner_id and repository_id"),
        ({"github": {**GITHUB, "branch": "b", "tag": "t"}}, "exactly one of branch, tag, environment"),
        ({"gitlab": {"project": "p"}}, "exactly one of branch, tag"),
        ({"kubernetes": {"issuer": "https://c.example"}}, "kubernetes lacks namespace and service_account"),
        ({"github": "foo"}, "github is not a dictionary"),
        ({"gitlab": {"project": "p", "brunch": "b"}}, "gitlab has no brunch; it takes url, project, branch, tag"),
        ({"github": {**GITHUB, "owner_id": "me", "branch": "b"}}, "github.owner_id must be a whole number"),
        ({"github": {**GITHUB, "names_only": "maybe", "branch": "b"}}, "github.names_only must be true or false"),
    ],
)
def test_what_is_refused(given: dict[str, Any], said: str) -> None:
    with pytest.raises(AnsibleFilterError, match=said):
        trust(given)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            {"github": {}, "issuer": "https://github/"},
            "one of my_github, my_gitlab, my_kubernetes, my_automation_platform, my_issuer with my_subject. Set",
        ),
        ({"gitlab": {"project": "p"}}, "federated_trust: my_gitlab takes exactly one of branch, tag"),
        ({"gitlab": {"branch": "p"}}, "federated_trust: my_gitlab lacks project."),
        ({"issuer": "http://gitlab.com", "subject": "x"}, "federated_trust: the issuer http://gitlab.com is not an"),
        ({"kubernetes": {"issuer": " ", "namespace": "n", "service_account": "s"}}, ": my_kubernetes.issuer is blank"),
    ],
)
def test_the_names_of_a_playbook(given: dict[str, Any], said: str) -> None:
    with pytest.raises(AnsibleFilterError) as caught:
        trust(given, prefix="my_")
    assert said in str(caught.value)
