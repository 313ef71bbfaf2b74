/** Elements and the clipboard. Text becomes text nodes, never markup. */
export const DOM = `
/** An element; attributes that are undefined or false are left out, strings become text. */
export function element(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === undefined || value === false) continue;
    if (name.startsWith('on')) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value === true ? '' : value);
  }
  made.append(...children.filter((child) => child !== undefined));
  return made;
}

/** A control with its label. */
export function field(label, control) {
  return element('div', { class: 'field' }, element('label', { for: control.id }, label), control);
}

const SVG = 'http://www.w3.org/2000/svg';

export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS(SVG, 'use');
  use.setAttribute('href', '#icon-' + name);
  svg.append(use);
  return svg;
}

/** A button that copies a text and says that it did. */
export function copyButton(label, text) {
  const caption = element('span', {}, label);
  const button = element('button', { type: 'button', class: 'copy' }, icon('copy'), caption);
  button.addEventListener('click', async () => {
    const copied = await copy(text());
    caption.textContent = copied ? 'Copied' : 'Press Ctrl+C';
    button.classList.toggle('done', copied);
    setTimeout(() => {
      caption.textContent = label;
      button.classList.remove('done');
    }, 1600);
  });
  return button;
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Without https or a loopback address there is no clipboard interface; the older way still works.
    const field = element('textarea', { class: 'hidden', 'aria-hidden': 'true' });
    field.value = text;
    document.body.append(field);
    field.select();
    const copied = document.execCommand('copy');
    field.remove();
    return copied;
  }
}
`;
