import { APP } from './script/app.js';
import { AUTHENTICATOR } from './script/authenticator.js';
import { DOM } from './script/dom.js';
import { EXCHANGE } from './script/exchange.js';
import { MESSAGES } from './script/messages.js';
import { PASSKEY } from './script/passkey.js';
import { SESSION } from './script/session.js';
import { STEPS } from './script/steps.js';
import { TRY_IT } from './script/try-it.js';
import { PAGE_STYLE } from './style/page.js';
import { TRY_IT_STYLE } from './style/try-it.js';

/** A file beside the page, at `/inbox/<name>`. */
export interface Asset {
  readonly name: string;
  readonly contentType: string;
  readonly body: string;
}

const script = (name: string, body: string): Asset => ({ name, body, contentType: 'text/javascript; charset=utf-8' });
const style = (name: string, body: string): Asset => ({ name, body, contentType: 'text/css; charset=utf-8' });

/** Everything that the page loads: nothing comes from elsewhere. */
export const ASSETS: readonly Asset[] = [
  style('page.css', PAGE_STYLE),
  style('try-it.css', TRY_IT_STYLE),
  script('app.js', APP),
  script('dom.js', DOM),
  script('messages.js', MESSAGES),
  script('exchange.js', EXCHANGE),
  script('session.js', SESSION),
  script('steps.js', STEPS),
  script('authenticator.js', AUTHENTICATOR),
  script('passkey.js', PASSKEY),
  script('try-it.js', TRY_IT),
];
