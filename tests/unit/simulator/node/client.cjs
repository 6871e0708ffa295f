// Copyright (c) 2026 intune.exchange contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

// Signs in with msal-node in each way that is asked for, then lets Microsoft's Graph client use a tenant.
// Reads a JSON object from stdin, writes one to stdout.

"use strict";

const msal = require("@azure/msal-node");
const graph = require("@microsoft/microsoft-graph-client");

async function signIn(asked, credential) {
  const application = new msal.ConfidentialClientApplication({
    auth: {
      clientId: asked.client_id,
      authority: `${asked.authority_url}/${asked.tenant_id}`,
      knownAuthorities: [new URL(asked.authority_url).host],
      ...credential,
    },
  });
  return application.acquireTokenByClientCredential({ scopes: [`${asked.graph_url}/.default`] });
}

async function outcome(attempt) {
  try {
    return { value: await attempt() };
  } catch (failed) {
    return { code: failed.errorCode || failed.code, status: failed.statusCode, text: failed.message };
  }
}

async function useGraph(asked, token) {
  const client = graph.Client.init({
    baseUrl: asked.graph_url,
    defaultVersion: "v1.0",
    customHosts: new Set([new URL(asked.graph_url).hostname]),
    authProvider: (done) => done(null, token),
  });
  const connectors = "/deviceManagement/exchangeConnectors";
  const users = [];
  const pages = new graph.PageIterator(client, await client.api("/users").top(1).get(), (user) => users.push(user.id));
  await pages.iterate();
  const created = await client
    .api(connectors)
    .post({ exchangeConnectorType: "serviceToService", primarySmtpAddress: asked.account });
  const listed = await client.api(connectors).get();
  const batch = await client.api("/$batch").post({
    requests: [{ id: "1", method: "GET", url: `${connectors}/${created.id}` }],
  });
  await client.api(`${connectors}/${created.id}`).delete();
  return {
    users: users.length,
    created: created.status,
    listed: listed.value.map((connector) => connector.id === created.id),
    batched: batch.responses[0].body.primarySmtpAddress,
    missing: await outcome(() => client.api(`${connectors}/${created.id}`).get()),
  };
}

async function main() {
  const chunks = [];
  for await (const chunk of process.stdin) {
    chunks.push(chunk);
  }
  const asked = JSON.parse(Buffer.concat(chunks).toString());
  const signedIn = {};
  for (const [name, credential] of Object.entries(asked.credentials)) {
    signedIn[name] = await outcome(async () => (await signIn(asked, credential)).accessToken);
  }
  const use = await outcome(() => useGraph(asked, signedIn[asked.use].value));
  process.stdout.write(JSON.stringify({ signedIn, use }));
}

main();
