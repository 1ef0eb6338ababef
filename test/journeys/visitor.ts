/** A person at a browser without script: cookies, redirects, links, forms. Stops where the relying party begins. */
import type { Page, PageForm } from './page.ts';
import { readPage } from './page.ts';

interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly path: string;
}

/** What a request may say besides its address. */
export interface RequestOptions {
  readonly method?: string;
  readonly form?: Readonly<Record<string, string>> | URLSearchParams;
  /** A body as it is, instead of a form; its type is a header's matter where it has none of its own. */
  readonly body?: FormData | string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Answers redirects as they are. */
  readonly manual?: boolean;
}

const maximumRedirects = 20;

/** A browser. */
export class Visitor {
  readonly #cookies = new Map<string, Cookie>();
  readonly #language: string;
  /** Addresses outside the provider at which following ends: the relying party's callback. */
  readonly #ends: (url: URL) => boolean;
  /** The page that is open. */
  page: Page = readPage(new URL('about:blank'), 0, new Headers(), '');
  /** Every address that this window went to, and every page that it was answered with, the oldest first. */
  readonly trail: { readonly addresses: string[]; readonly pages: string[] } = { addresses: [], pages: [] };

  constructor(options: { readonly language?: string; readonly ends: (url: URL) => boolean }) {
    this.#language = options.language ?? 'en';
    this.#ends = options.ends;
  }

  /** Opens an address and follows where it leads. */
  async open(address: string | URL, options: RequestOptions = {}): Promise<Page> {
    let url = new URL(address, this.page.url.protocol === 'about:' ? undefined : this.page.url);
    let { form, body } = options;
    let { method = form === undefined && body === undefined ? 'GET' : 'POST' } = options;
    for (let redirects = 0; redirects <= maximumRedirects; redirects += 1) {
      this.trail.addresses.push(url.href);
      if (this.#ends(url)) {
        this.page = readPage(url, 0, new Headers(), '');
        return this.page;
      }
      const response = await fetch(url, {
        method,
        redirect: 'manual',
        headers: {
          'Accept-Language': this.#language,
          Accept: 'text/html',
          ...(method === 'POST' ? { Origin: url.origin, 'Sec-Fetch-Site': 'same-origin' } : {}),
          Cookie: this.#cookieHeader(url),
          ...options.headers,
        },
        ...(form === undefined ? (body === undefined ? {} : { body }) : { body: new URLSearchParams(form) }),
      });
      this.#keep(url, response.headers.getSetCookie());
      const location = response.headers.get('location');
      if (location === null || options.manual === true) {
        this.page = readPage(url, response.status, response.headers, await response.text());
        this.trail.pages.push(this.page.html);
        return this.page;
      }
      await response.body?.cancel();
      url = new URL(location, url);
      if (response.status !== 307 && response.status !== 308) {
        method = 'GET';
        form = undefined;
        body = undefined;
      }
    }
    throw new Error(`more than ${maximumRedirects} redirects, the last to ${url.pathname}`);
  }

  /** Follows the link that says this, or leads there. */
  async follow(link: string | RegExp): Promise<Page> {
    const found = this.page.links.find(({ text, href }) =>
      typeof link === 'string'
        ? text.includes(link) || href.endsWith(link)
        : link.test(text) || link.test(href),
    );
    if (found === undefined) {
      throw new Error(`no link ${link} on '${this.page.heading}': ${JSON.stringify(this.page.links)}`);
    }
    return this.open(found.href);
  }

  /** The form whose action ends so. */
  form(actionEnd: string): PageForm {
    const found = this.page.forms.find(({ action }) => action.endsWith(actionEnd));
    if (found === undefined) {
      throw new Error(
        `no form to ${actionEnd} on '${this.page.heading}' (${this.page.status}, ${this.page.url.pathname}): ` +
          `${JSON.stringify(this.page.forms.map(({ action }) => action))} ${this.page.text.slice(0, 600)}`,
      );
    }
    return found;
  }

  /** Fills in the form whose action ends so, and sends it. */
  async submit(
    actionEnd: string,
    values: Readonly<Record<string, string>> = {},
    options: Omit<RequestOptions, 'form'> = {},
  ): Promise<Page> {
    const { action, fields } = this.form(actionEnd);
    return this.open(action === '' ? this.page.url : action, { ...options, form: { ...fields, ...values } });
  }

  /** Presses the button that says this, in whichever form it is. */
  async press(says: string | RegExp, values: Readonly<Record<string, string>> = {}): Promise<Page> {
    const isIt = (text: string): boolean => (typeof says === 'string' ? text === says : says.test(text));
    for (const { action, fields, buttons, pressed } of this.page.forms) {
      const button = buttons.find(isIt);
      if (button === undefined) continue;
      const form = { ...fields, ...values, ...pressed[button] };
      return this.open(action === '' ? this.page.url : action, { form });
    }
    const there = this.page.forms.flatMap(({ buttons }) => buttons);
    throw new Error(`no button ${says} on '${this.page.heading}': ${JSON.stringify(there)}`);
  }

  /** The cookies' names and values, for tests about them. */
  cookies(): readonly Cookie[] {
    return [...this.#cookies.values()];
  }

  /** A second window of the same browser: the same cookies from now on. */
  secondTab(): Visitor {
    const tab = new Visitor({ language: this.#language, ends: this.#ends });
    for (const [key, cookie] of this.#cookies) tab.#cookies.set(key, cookie);
    tab.page = this.page;
    return tab;
  }

  #cookieHeader(url: URL): string {
    return this.cookies()
      .filter(
        ({ path }) =>
          url.pathname === path || url.pathname.startsWith(path.endsWith('/') ? path : `${path}/`),
      )
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ');
  }

  #keep(url: URL, lines: readonly string[]): void {
    for (const line of lines) {
      const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
      const [name = '', ...rest] = pair.split('=');
      const read = (key: string): string | undefined =>
        attributes.find((one) => one.toLowerCase().startsWith(`${key}=`))?.slice(key.length + 1);
      const path = read('path') ?? '/';
      const expires = read('expires');
      const isGone = rest.join('=') === '' || (expires !== undefined && new Date(expires) <= new Date());
      const key = `${url.host} ${path} ${name}`;
      if (isGone) this.#cookies.delete(key);
      else this.#cookies.set(key, { name, value: rest.join('='), path });
    }
  }
}
