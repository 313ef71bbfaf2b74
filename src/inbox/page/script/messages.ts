/** The list of messages: live, newest first, filtered, greyed when the code has expired. */
export const MESSAGES = String.raw`
import { copyButton, element, icon } from './dom.js';

const SHOWN_AT_MOST = 500;
const CHANNELS = { SMS: 'Text message', VOICE: 'Call', EMAIL: 'E-mail', WHATSAPP: 'WhatsApp' };
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' });

const list = document.getElementById('list');
const filter = document.getElementById('filter');
const cards = new Map();
/** How far the server's clock is ahead of this one. */
let ahead = 0;

export function showMessages() {
  document.getElementById('messages-url').textContent = location.pathname.replace(/\/$/, '') + '/messages';
  const source = new EventSource('inbox/events');
  source.addEventListener('open', () => setLive('live', 'Live'));
  source.addEventListener('error', () => setLive('lost', 'Connection lost, trying again…'));
  source.addEventListener('message', ({ data }) => add(JSON.parse(data)));
  source.addEventListener('emptied', removeAll);
  filter.addEventListener('input', applyFilter);
  document.getElementById('empty').addEventListener('click', async () => {
    await fetch('inbox/messages', { method: 'DELETE' });
    removeAll();
  });
  setInterval(() => cards.forEach(age), 1000);
}

function setLive(state, text) {
  const live = document.getElementById('live');
  live.dataset.state = state;
  live.textContent = text;
}

function add(message) {
  if (cards.has(message.id)) return;
  ahead = Date.parse(message.now) - Date.now();
  const card = cardOf(message);
  cards.set(message.id, card);
  list.prepend(card.root);
  age(card);
  if (cards.size > SHOWN_AT_MOST) {
    const [oldest, { root }] = cards.entries().next().value;
    root.remove();
    cards.delete(oldest);
  }
  card.root.hidden = !matches(card);
  update();
  if (Date.parse(message.now) - Date.parse(message.createdAt) < 5000)
    document.getElementById('announcer').textContent =
      CHANNELS[message.channel] + ' to ' + message.to + ', code ' + message.otp.split('').join(' ');
}

function cardOf(message) {
  const created = new Date(message.createdAt);
  const expiry = element('span', { class: 'expiry' });
  const ids = [
    ['Device authentication', message.deviceAuthentication?.id],
    ['Device', message.device?.id],
    ['User', message.user?.id],
    ['Environment', message.environment.id],
  ].filter(([, id]) => id);
  const root = element(
    'li',
    { class: 'card', 'data-channel': message.channel },
    element('span', { class: 'badge', title: CHANNELS[message.channel] }, icon(message.channel.toLowerCase())),
    element(
      'div',
      { class: 'card-head' },
      element('span', { class: 'channel' }, CHANNELS[message.channel] ?? message.channel),
      element('span', { class: 'to' }, ...breakable(message.to)),
    ),
    element('time', { datetime: message.createdAt, title: created.toLocaleString() }, clock.format(created)),
    element(
      'div',
      { class: 'code-row' },
      element('output', { class: 'code', 'aria-label': 'Code' }, message.otp),
      copyButton('Copy code', () => message.otp),
      expiry,
    ),
    element(
      'details',
      { class: 'more' },
      element('summary', {}, element('span', {}, message.subject ?? message.body)),
      element('p', { class: 'body' }, message.body),
      element('dl', {}, ...ids.flatMap(([label, id]) => [element('dt', {}, label), element('dd', {}, id)])),
    ),
  );
  const words = [message.to, message.otp, message.channel, CHANNELS[message.channel], message.subject, message.body];
  const text = [...words, ...ids.map(([, id]) => id)].join('\n').toLowerCase();
  return { root, expiry, text, expiresAt: Date.parse(message.expiresAt) };
}

/** An address that may break after its @. */
function breakable(address) {
  const at = address.lastIndexOf('@') + 1;
  return at === 0 ? [address] : [address.slice(0, at), element('wbr'), address.slice(at)];
}

/** Says how long the code still works, and greys the message when it no longer does. */
function age({ root, expiry, expiresAt }) {
  const left = expiresAt - (Date.now() + ahead);
  root.classList.toggle('expired', left < 0);
  const minutes = Math.ceil(left / 60000);
  const text =
    left < 0 ? 'Expired' : left < 60000 ? 'Expires in ' + Math.ceil(left / 1000) + ' s' : 'Expires in ' + minutes + ' min';
  if (expiry.textContent !== text) expiry.textContent = text;
}

function matches({ text }) {
  return text.includes(filter.value.trim().toLowerCase());
}

function applyFilter() {
  for (const card of cards.values()) card.root.hidden = !matches(card);
  update();
}

function removeAll() {
  cards.clear();
  list.replaceChildren();
  update();
}

function update() {
  const shown = [...cards.values()].filter(({ root }) => !root.hidden).length;
  document.getElementById('count').textContent = String(shown);
  document.getElementById('nothing').hidden = cards.size > 0;
  document.getElementById('no-match').hidden = cards.size === 0 || shown > 0;
  document.getElementById('empty').disabled = cards.size === 0;
}

update();
`;
