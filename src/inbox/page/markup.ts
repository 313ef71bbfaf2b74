import { escapeHtml } from '../../kernel/html.js';
import { icon, SPRITE } from './icons.js';

/** What the "Try it" panel works with: the demo environment, its client and its users. */
export interface TryIt {
  readonly environmentId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly users: readonly {
    readonly id: string;
    readonly username: string;
    readonly devices: readonly { readonly id: string; readonly type: string }[];
  }[];
}

const FAVICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Crect width='32' height='32' rx='8' fill='%234453e6'/%3E%3Cpath d='M7 18l3-8h12l3 8v6H7z' fill='none' stroke='white' stroke-width='2.5' stroke-linejoin='round'/%3E%3Cpath d='M7 18h5l1.5 2.5h5L20 18h5' fill='none' stroke='white' stroke-width='2.5'/%3E%3C/svg%3E";

/** The page; its script fills it. `tryIt` goes into an attribute, escaped, so that nothing in it is markup or code (SEC-62). */
export function pageHtml(tryIt: TryIt | undefined): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Inbox · Postern</title>
<link rel="icon" href="${FAVICON}">
<link rel="stylesheet" href="inbox/page.css">
<link rel="stylesheet" href="inbox/try-it.css">
<script type="module" src="inbox/app.js"></script>
</head>
<body data-view="messages"${tryIt ? '' : ' class="single"'}>
${SPRITE}
<header class="top">
  <div class="brand">${icon('inbox')}<h1>Inbox</h1><span class="product">Postern, development</span></div>
  <p class="live" id="live" role="status" data-state="connecting">Connecting…</p>
</header>
${tryIt ? tabs() : ''}
<main>
${messagesPanel()}
${tryIt ? tryItPanel(tryIt) : ''}
</main>
<noscript><p class="noscript">This page needs JavaScript. Scripts read <code>inbox/messages</code>.</p></noscript>
</body>
</html>
`;
}

function tabs(): string {
  return `<nav class="tabs" aria-label="Views">
  <button type="button" data-view="messages" aria-pressed="true">Messages</button>
  <button type="button" data-view="try-it" aria-pressed="false">Try it</button>
</nav>`;
}

function messagesPanel(): string {
  return `<section class="panel messages" aria-labelledby="messages-title">
  <div class="panel-head">
    <h2 id="messages-title">Messages <span class="count" id="count" aria-hidden="true">0</span></h2>
    <div class="tools">
      <label class="filter"><span class="hidden">Filter messages</span><input id="filter" type="search" placeholder="Filter by address, code, id…" autocomplete="off" spellcheck="false"></label>
      <button type="button" class="quiet" id="empty">Empty inbox</button>
    </div>
  </div>
  <p class="hidden" id="announcer" aria-live="polite"></p>
  <ol class="list" id="list" aria-label="Messages, newest first"></ol>
  <div class="nothing" id="nothing">
    ${icon('inbox')}
    <h3>No messages yet</h3>
    <p>Codes that this server sends by text message, call, e‑mail or WhatsApp arrive here, so that you can sign on without a phone.</p>
    <p>Start a device authentication with the API, or take <b>Try it</b>, which runs a whole one. Scripts read the same messages:</p>
    <pre><code>GET <span id="messages-url">/inbox/messages</span>?to=…&amp;wait=30</code></pre>
  </div>
  <div class="nothing" id="no-match" hidden>
    <h3>Nothing matches</h3>
    <p>No message has this in its address, code, text or ids.</p>
  </div>
</section>`;
}

function tryItPanel(tryIt: TryIt): string {
  return `<section class="panel try-it" aria-labelledby="try-it-title" id="try-it" data-settings="${escapeHtml(JSON.stringify(tryIt))}">
  <div class="panel-head">
    <h2 id="try-it-title">Try it</h2>
    <div class="tools">
      <label class="scenario"><span class="hidden">What to try</span><select id="scenario"><option value="code">A code that is sent</option><option value="authenticator">An authenticator app</option><option value="passkey">A passkey</option></select></label>
      <button type="button" class="quiet" id="restart">Start over</button>
      <button type="button" class="primary" id="run-all">Run all steps</button>
    </div>
  </div>
  <p class="intro">One multi-factor authentication, as a backend makes it. Every request goes to this server’s public API and is shown with its answer.</p>
  <ol class="steps" id="steps"></ol>
</section>`;
}
