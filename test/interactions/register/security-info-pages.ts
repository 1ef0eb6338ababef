/** The rooms of security info over real HTTP, with a fake desk and a fake seam. */
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import Koa from 'koa';
import { createDoneCookie } from '../../../interactions/manage/done-cookie.ts';
import { manageRoom } from '../../../interactions/manage/manage.ts';
import { ownRoom } from '../../../interactions/manage/own.ts';
import type { OwnRoom } from '../../../interactions/manage/own-room.ts';
import { reconfirmRoom } from '../../../interactions/reconfirm/reconfirm.ts';
import { registerRoom } from '../../../interactions/register/register.ts';
import type { Interaction, StepResult } from '../../../interactions/shell/contract.ts';
import { formTokenOf } from '../../../interactions/shell/form-token.ts';
import { createPages } from '../../../interactions/shell/pages.ts';
import { createRoutes } from '../../../interactions/shell/routes.ts';
import { loadTranslators } from '../../../locales/translator.ts';
import type { Visit } from '../../../security-info/desk.ts';
import type { OwnDesk } from '../../../security-info/own-desk.ts';
import { type Asked, type FakeDesk, fakeOwnDesk } from './fake-desk.ts';

/** A page that came back. */
export interface Answer {
  readonly status: number;
  readonly html: string;
  /** The page without its tags, in one line. */
  readonly text: string;
  /** Where a 303 leads, without `/interaction/<uid>`; null elsewhere. */
  readonly to: string | null;
}

/** The pages of one sign-in. */
export interface SecurityInfoPages {
  /** `http://…/interaction/<uid>`, for a browser. */
  readonly address: string;
  get(path: string): Promise<Answer>;
  /** Posts a form with the page's own token, or with what the test gives. */
  post(path: string, form?: Readonly<Record<string, string>>): Promise<Answer>;
  /** What the desk was asked apart from overviews. */
  asked(): readonly Asked[];
  /** How the step ended. */
  readonly results: StepResult[];
  /** What went to the log. */
  readonly failures: unknown[];
  close(): Promise<void>;
}

const folder = (name: string): string => fileURLToPath(new URL(`../../../${name}`, import.meta.url));
const keys = {
  seal: (text: string) => text,
  open: (text: string) => text,
  hash: (value: string, purpose: string) => `hash-of-${value}-for-${purpose}`,
  deriveCode: () => '000000',
};

const visit: Visit = {
  account: {
    id: 'account-1',
    loginName: 'nina',
    displayName: 'Nina',
    givenName: null,
    familyName: null,
    locale: null,
    mailbox: null,
    groups: [],
    isAdmin: false,
    isDisabled: false,
    mustChangePassword: false,
    passwordChangedAt: null,
  },
  asker: { caller: 'signed_in', callerAddress: null, clientId: 'app', locale: 'en' },
  flowKey: 'interaction:cid:account-1',
  client: { clientId: 'app', isExempt: false },
};

/** Opens the pages on a free port of the loopback. */
export async function openPages(
  desk: FakeDesk,
  options: {
    readonly reasons?: readonly string[];
    readonly language?: 'en' | 'fr';
    readonly ownDesk?: OwnDesk;
  } = {},
): Promise<SecurityInfoPages> {
  const results: StepResult[] = [];
  const failures: unknown[] = [];
  const interaction: Interaction = {
    uid: 'uid-1',
    signedInAt: new Date(),
    cid: 'cid-1',
    prompt: 'security_info',
    reasons: options.reasons ?? ['registration_required'],
    accountId: 'account-1',
    client: {
      clientId: 'app',
      name: 'Demo <App>',
      isFirstParty: true,
      isExempt: false,
      policyUri: null,
      termsUri: null,
    },
    uiLocales: [options.language ?? 'en'],
    loginHint: null,
    missingScopes: [],
    missingClaims: [],
  };
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const { port } = address;
  const origin = `http://127.0.0.1:${port}`;
  const pages = createPages({
    viewsFolder: folder('views'),
    publicFolder: folder('public'),
    translators: loadTranslators(folder('locales')),
    serviceName: 'Test Service',
    helpdeskUrl: 'https://help.example/',
    issuer: origin,
    keys,
  });
  const { routes, middleware } = createRoutes({
    pages,
    keys,
    issuer: origin,
    log: { error: (details) => failures.push(details) },
    seam: {
      read: async () => interaction,
      finish: async (_ctx, result) => {
        results.push(result);
        return 'http://app.example/done';
      },
    },
  });
  const doneCookie = createDoneCookie({ issuer: origin });
  const ownDesk = options.ownDesk ?? fakeOwnDesk();
  const room: OwnRoom = {
    desk,
    ownDesk,
    adminProofAt: (of) => ownDesk.adminProofAt(of),
    clock: { now: () => new Date() },
    doneCookie,
    deviceCookie: null,
    visitOf: async () => visit,
    takeDone: (step) => doneCookie.take(step),
  };
  registerRoom(routes, room);
  reconfirmRoom(routes, room);
  manageRoom(routes, room);
  ownRoom(routes, room);
  server.on('request', new Koa().use(pages.stylesheet).use(middleware).callback());

  const base = '/interaction/uid-1';
  const answerOf = async (response: Response): Promise<Answer> => {
    const html = await response.text();
    const location = response.headers.get('location');
    return {
      status: response.status,
      html,
      text: html
        .replace(/<head>.*?<\/head>/s, '')
        .replace(/<[^>]*>/g, ' ')
        .replace(/\s+/g, ' '),
      to: location === null ? null : location.replace(base, ''),
    };
  };
  return {
    address: `${origin}${base}`,
    results,
    failures,
    asked: () => desk.asked.filter(({ what }) => what !== 'overview' && what !== 'readProof'),
    get: async (path) => answerOf(await fetch(`${origin}${base}${path}`, { redirect: 'manual' })),
    post: async (path, form = {}) =>
      answerOf(
        await fetch(`${origin}${base}${path}`, {
          method: 'POST',
          redirect: 'manual',
          body: new URLSearchParams({ form_token: formTokenOf(keys, 'uid-1'), ...form }),
        }),
      ),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
