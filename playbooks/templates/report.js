"use strict";
(() => {
  const report = JSON.parse(document.getElementById("report").textContent);
  const STATES = {
    action: ["Needs action", "bad"], unread: ["Not read", "warn"], partly_read: ["Read in part", "warn"],
    in_order: ["In order", "good"],
  };
  const CONNECTORS = {
    connected: ["Connected", "good"], stale: ["Sync too old", "bad"],
    never_synchronized: ["Never synchronized", "bad"], pending: ["Not connected yet", "bad"],
    disconnected: ["Disconnected", "bad"], ambiguous: ["Several", "bad"], missing: ["None", "bad"],
    not_offered: ["Not offered", "dim"], unread: ["Not read", "warn"],
  };
  const STATUSES = {
    met: ["Met", "good"], unmet: ["Not met", "bad"], unknown: ["Not known", "warn"],
    not_applicable: ["Not applicable", "dim"], pass: ["Passed", "good"], fail: ["Failed", "bad"],
    accepted: ["Accepted", "dim"],
  };
  const find = (id) => document.getElementById(id);
  const number = (count, one, many = `${one}s`) => `${count.toLocaleString("en")} ${count === 1 ? one : many}`;

  // The only way by which a value gets into the page: as text, or as an attribute that cannot hold script.
  function make(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== ""));
    return element;
  }
  const badge = ([text, tone]) => make("span", {class: `badge ${tone}`}, text);
  const soft = (text) => make("span", {class: "soft"}, text);
  const said = (value) => value === null || value === undefined ? "not set" :
    typeof value === "object" ? JSON.stringify(value) : String(value);
  const moment = (text) => text ? `${text.slice(0, 16).replace("T", " ")} UTC` : "";
  function age(seconds) {
    if (seconds < 3600) return number(Math.round(seconds / 60), "minute");
    return seconds < 172800 ? number(Math.floor(seconds / 3600), "hour") : number(Math.floor(seconds / 86400), "day");
  }
  // Evidence and steps are parts of sentences; a first word that is a name, as of an account, stays as it is.
  function sentence(text) {
    const begun = /^[a-z]+[ ,:;]/.test(text) ? text[0].toUpperCase() + text.slice(1) : text;
    return !begun || /[.!?]$/.test(begun) ? begun : `${begun}.`;
  }

  const connectorOf = (tenant) => tenant.connector ? tenant.connector.state : "unread";
  const askedFor = (tenant) => connectorOf(tenant) !== "not_offered";
  const having = (list, ...statuses) => list.filter((one) => statuses.includes(one.status)).length;
  const requirementsOf = (tenant) => Object.values(tenant.requirements || {});
  const statusOf = (control) => control.accepted ? "accepted" : control.status;
  const controlsOf = (tenant) => ((tenant.audit || {}).controls || []).map((one) => ({...one, status: statusOf(one)}));

  function cell(label, ...content) {
    return make("td", {role: "cell", "data-label": label}, ...content);
  }
  function next(tenant) {
    const [first, ...others] = tenant.actions;
    if (!first) return [soft("Nothing")];
    return [make("span", {class: "first"}, first.title), make("span", {}, sentence(first.next_step)), " ",
      others.length ? soft(`and ${others.length} more`) : null];
  }
  function requirements(tenant) {
    const all = requirementsOf(tenant);
    if (!tenant.requirements) return soft("Not read");
    if (!askedFor(tenant)) return soft("Not asked for");
    return `${having(all, "met")} of ${all.length - having(all, "not_applicable")} met`;
  }
  function audit(tenant) {
    if (!tenant.audit) return soft(tenant.not_read.includes("audit") ? "Not read" : "Not audited");
    const all = controlsOf(tenant);
    return ["fail", "unknown", "accepted", "pass"].map((status) => [having(all, status), STATUSES[status][0].toLowerCase()])
      .filter(([count, word]) => count || word === "failed")
      .map(([count, word], index) => [index ? ", " : "", make("span", {class: "whole"}, `${count} ${word}`)]);
  }
  function sync(tenant) {
    const seconds = tenant.connector?.last_sync_age_seconds;
    return Number.isInteger(seconds) ? make("span", {class: "whole"}, `${age(seconds)} ago`) : soft("–");
  }

  function table(name, headings, rows) {
    return make("table", {role: "table", class: name},
      make("thead", {role: "rowgroup"}, make("tr", {role: "row"},
        headings.map((one) => make("th", {role: "columnheader", scope: "col"}, one)))),
      make("tbody", {role: "rowgroup"}, rows.map((cells) => make("tr", {role: "row"},
        cells.map((content, index) => cell(headings[index], content))))));
  }
  function judged(tenant, status) {
    const [text, tone] = STATUSES[status];
    return badge([text, askedFor(tenant) ? tone : "dim"]);
  }
  function facts(pairs) {
    return make("dl", {}, pairs.filter(([, value]) => value).map(([name, value]) => [make("dt", {}, name), make("dd", {}, value)]));
  }
  function controls(list) {
    return table("controls", ["Control", "Setting", "Found", "Expected", "Status"], list.map((one) => [
      [`${one.id} ${one.title} `, soft(said(one.baseline))],
      [`${said(one.setting)} `, one.object ? soft(`of ${one.object}`) : null],
      said(one.value),
      said(one.expected),
      [badge(STATUSES[one.status]), " ", Number.isInteger(one.affected_mailboxes) && one.status !== "pass"
        ? soft(number(one.affected_mailboxes, "mailbox", "mailboxes")) : null],
    ]));
  }
  // The findings about one object with the one task that fixes them, ready to copy.
  function fix(tenant, group) {
    const own = controlsOf(tenant).filter((one) => one.status === "fail" && one.remediation
      && String(one.kind || "") === group.kind && String(one.object || "") === group.object);
    own.sort((one, other) => group.controls.indexOf(one.id) - group.controls.indexOf(other.id));
    const copy = make("button", {type: "button", class: "copy"}, "Copy the task");
    copy.addEventListener("click", () => navigator.clipboard.writeText(group.task).then(
      () => { copy.textContent = "Copied"; }, () => { copy.textContent = "Select the task and copy it"; }));
    return make("li", {}, make("span", {class: "first"}, group.title),
      own.map((one) => make("span", {class: "line"},
        `${one.id} ${one.title}: ${said(one.setting)} is ${said(one.value)}, expected ${said(one.expected)}.`)),
      make("pre", {tabindex: "0", "aria-label": `Task for ${group.title}`}, group.task), copy);
  }
  function steps(tenant) {
    const fixed = new Set(tenant.fixes.flatMap((group) => group.controls.map((id) => `audit.${id}`)));
    const others = tenant.actions.filter((one) => !fixed.has(one.id));
    return [...others.map((one) => make("li", {}, make("span", {class: "first"}, one.title),
      make("span", {class: "line"}, sentence(one.evidence)), make("span", {class: "line"}, sentence(one.next_step)))),
    ...tenant.fixes.map((group) => fix(tenant, group))];
  }
  function details(tenant, id) {
    const connector = tenant.connector;
    const checks = controlsOf(tenant);
    const ended = tenant.audit?.ended_risks || [];
    const passed = checks.filter((one) => ["pass", "not_applicable"].includes(one.status));
    const others = checks.filter((one) => !passed.includes(one));
    const title = (text) => make("h3", {}, text);
    const todo = steps(tenant);
    const needs = report.requirements.filter((one) => tenant.requirements && tenant.requirements[one.id]);
    return make("tr", {class: "details", role: "row", id}, make("td", {role: "cell", colspan: "7"},
      todo.length ? [title("What to do"), make("ol", {}, todo)] : null,
      title("Tenant and connector"),
      facts([["Tenant id", tenant.tenant_id], ["Read at", moment(tenant.read_at)],
        ["Connector", CONNECTORS[connectorOf(tenant)][0]], ["Account", connector?.account],
        ["Status in Intune", connector?.status], ["Last synchronization", moment(connector?.last_sync)],
        ["Evidence", connector?.state === "not_offered" ? connector.evidence : ""],
        ["Without the connector", tenant.assessment ? make("a", {href: tenant.assessment.page}, "Assessment of this tenant") : ""]]),
      needs.length ? [title(askedFor(tenant) ? "Requirements of the connector" : "Requirements of the connector (not asked for)"),
        table("requirements", ["Requirement", "Status", "Evidence"], needs.map((one) => [one.title,
          judged(tenant, tenant.requirements[one.id].status), sentence(tenant.requirements[one.id].evidence)]))] : null,
      tenant.accepted_risks.length + ended.length ? [title("Accepted risks"),
        make("ul", {}, tenant.accepted_risks.map((one) => make("li", {}, one)),
          ended.map((one) => make("li", {}, `${one.id}: expired, its last day was ${one.until} (${one.reason})`)))] : null,
      checks.length ? [title(`Audit against ${(tenant.audit.baselines || []).join(", ")}`),
        others.length ? controls(others) : null,
        passed.length ? make("details", {}, make("summary", {}, `${number(passed.length, "control")} passed or not applicable`),
          controls(passed)) : null] : null));
  }

  // One row for each tenant, made once; its details when they are first opened.
  const shown = report.tenants.map((tenant, index) => {
    const button = make("button", {type: "button", class: "open", "aria-expanded": "false"}, tenant.name);
    const row = make("tr", {role: "row"},
      make("td", {role: "cell", class: "name"}, button),
      cell("State", badge(STATES[tenant.state])), cell("Next", ...next(tenant)),
      cell("Connector", badge(CONNECTORS[connectorOf(tenant)])), cell("Last sync", sync(tenant)),
      cell("Requirements", requirements(tenant)), cell("Audit", audit(tenant)));
    const entry = {tenant, row, button, index, more: null, text: `${tenant.name} ${tenant.tenant_id || ""}`.toLowerCase()};
    button.addEventListener("click", () => toggle(entry, !isOpen(entry)));
    return entry;
  });
  function toggle(entry, open) {
    if (open && !entry.more) {
      entry.more = details(entry.tenant, `details-${entry.index}`);
      entry.button.setAttribute("aria-controls", entry.more.id);
      entry.row.after(entry.more);
    }
    if (entry.more) entry.more.hidden = !open;
    entry.button.setAttribute("aria-expanded", String(open));
  }

  const last = Number.MAX_SAFE_INTEGER;
  const compareNames = new Intl.Collator("en", {numeric: true, sensitivity: "base"}).compare;
  const KEYS = {
    name: null,
    state: (tenant) => Object.keys(STATES).indexOf(tenant.state),
    actions: (tenant) => -tenant.actions.length,
    connector: (tenant) => Object.keys(CONNECTORS).indexOf(connectorOf(tenant)),
    sync: (tenant) => tenant.connector?.last_sync_age_seconds ?? last,
    requirements: (tenant) => tenant.requirements && askedFor(tenant) ? -having(requirementsOf(tenant), "unmet", "unknown") : last,
    audit: (tenant) => tenant.audit ? -having(controlsOf(tenant), "fail") : last,
  };
  const chosen = {state: "", sort: "", descending: false};
  let order = shown;

  function sort(key) {
    chosen.descending = chosen.sort === key && !chosen.descending;
    chosen.sort = key;
    const value = KEYS[key] && new Map(shown.map((entry) => [entry, KEYS[key](entry.tenant)]));
    const way = chosen.descending ? -1 : 1;
    order = [...shown].sort((one, other) => {
      if (!value) return way * compareNames(one.tenant.name, other.tenant.name);
      const [left, right] = [value.get(one), value.get(other)];
      if (left === right) return one.index - other.index;
      // What is not known comes last, whichever way the others go.
      return left === last ? 1 : right === last ? -1 : way * (left - right);
    });
    for (const button of document.querySelectorAll("[data-sort]")) {
      const heading = button.closest("th");
      heading.removeAttribute("aria-sort");
      if (button.dataset.sort === key) heading.setAttribute("aria-sort", chosen.descending ? "descending" : "ascending");
    }
    show();
  }
  function matches({tenant, text}) {
    return text.includes(find("find").value.trim().toLowerCase())
      && (!chosen.state || tenant.state === chosen.state)
      && (!find("connector").value || connectorOf(tenant) === find("connector").value)
      && (!find("todo").value || tenant.actions.some((one) => `${one.status} ${one.id}` === find("todo").value))
      && (!find("accepted").checked || tenant.accepted_risks.length > 0);
  }
  const MANY = 100;
  let visible = [];
  const isOpen = (entry) => entry.button.getAttribute("aria-expanded") === "true";
  const allOpen = () => visible.length > 0 && visible.every(isOpen);
  function show() {
    visible = order.filter(matches);
    find("rows").replaceChildren(...visible.flatMap((entry) => entry.more ? [entry.row, entry.more] : [entry.row]));
    find("shown").textContent = visible.length
      ? `Showing ${visible.length.toLocaleString("en")} of ${number(shown.length, "tenant")}` : "No tenant matches";
    const open = find("open-all");
    open.disabled = visible.length > MANY;
    open.title = open.disabled ? `Of at most ${MANY} tenants at once` : "";
    open.textContent = !open.disabled && allOpen() ? "Close details" : "Open details";
    for (const card of document.querySelectorAll("[data-state]"))
      card.setAttribute("aria-pressed", String(card.dataset.state === chosen.state));
  }

  const SOME = 8;
  function work() {
    const list = report.work;
    find("nothing").hidden = list.length > 0;
    if (!list.length) return;
    const rows = list.map((one) => {
      const button = make("button", {type: "button", class: "link"}, one.title);
      button.addEventListener("click", () => {
        find("filters").reset();
        find("todo").value = `${one.status} ${one.id}`;
        show();
        find("tenants").focus();
      });
      return [button, number(one.tenants, "tenant"), sentence(one.next_step)];
    });
    const made = table("works", ["What", "Where", "Next step"], rows);
    made.setAttribute("aria-labelledby", "work-title");
    find("work-list").append(made);
    const rest = [...made.tBodies[0].rows].slice(SOME);
    if (!rest.length) return;
    const more = make("button", {type: "button", class: "more", "aria-expanded": "false"});
    const fold = (folded) => {
      for (const row of rest) row.hidden = folded;
      more.setAttribute("aria-expanded", String(!folded));
      more.textContent = folded ? `Show ${rest.length} more` : "Show fewer";
    };
    more.addEventListener("click", () => fold(more.getAttribute("aria-expanded") === "true"));
    fold(true);
    find("work-list").append(more);
  }

  const present = new Set(report.tenants.map(connectorOf));
  for (const [state, [label]] of Object.entries(CONNECTORS))
    if (present.has(state)) find("connector").append(make("option", {value: state}, label));
  for (const one of report.work) find("todo").append(make("option", {value: `${one.status} ${one.id}`}, one.title));
  for (const button of document.querySelectorAll("[data-sort]"))
    button.addEventListener("click", () => sort(button.dataset.sort));
  for (const card of document.querySelectorAll("[data-state]"))
    card.addEventListener("click", () => { chosen.state = card.dataset.state; show(); });
  find("filters").addEventListener("input", show);
  find("filters").addEventListener("submit", (event) => event.preventDefault());
  find("filters").addEventListener("reset", () => { chosen.state = ""; setTimeout(show); });
  find("open-all").addEventListener("click", () => {
    const open = !allOpen();
    for (const entry of visible) toggle(entry, open);
    show();
  });
  find("print").addEventListener("click", () => window.print());
  work();
  show();
  find("no-script").remove();
})();
