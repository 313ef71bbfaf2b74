/** Where the page's script begins. The files beside it are ECMAScript modules for the browser, kept as text. */
export const APP = `
import { showMessages } from './messages.js';
import { offerTryIt } from './try-it.js';

showMessages();
offerTryIt();

// On a narrow screen one of the two panels shows at a time.
const tabs = document.querySelectorAll('.tabs button');
for (const tab of tabs) {
  tab.addEventListener('click', () => {
    document.body.dataset.view = tab.dataset.view;
    for (const each of tabs) each.setAttribute('aria-pressed', String(each === tab));
  });
}
`;
