/**
 * A node-oidc-provider deployment of somebody else's, with accounts and a sign-in page of its own, that plugs security
 * info in. The lines that do so are marked. `docs/plugin.md` goes through them; a journey in the tests runs this file.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import Router from '@koa/router';
import Koa from 'koa';
import { type ClientMetadata, interactionPolicy, Provider } from 'oidc-provider';
import type { Account, AccountDirectory, SecurityInfoOptions } from '../provider/index.ts';
import { openSecurityInfo } from '../provider/index.ts';

/** What the host is started with. */
export interface HostOptions extends Omit<SecurityInfoOptions, 'directory' | 'serviceName'> {
  readonly port: number;
  readonly clients: ClientMetadata[];
  readonly cookieKeys: string[];
}

/** The host's accounts: here a list in memory, at yours what you have. The one password is 'open'. */
const people: readonly Account[] = ['ada', 'grace'].map((name) => ({
  id: `id-of-${name}`,
  loginName: name,
  displayName: name,
  givenName: null,
  familyName: null,
  locale: 'en',
  mailbox: `${name}@host.example`,
  groups: [],
  isAdmin: false,
  isDisabled: false,
  mustChangePassword: false,
  passwordChangedAt: null,
}));

/** The port through which security info knows the host's accounts. */
const directory: AccountDirectory = {
  findById: async (id) => people.find((person) => person.id === id),
  findByLoginName: async (name) => people.find(({ loginName }) => loginName === name.toLowerCase()),
  list: async () => ({ accounts: people, nextCursor: null }),
  ownEmailDomains: async () => ['host.example'],
  checkPassword: async (account, password) => account !== undefined && password === 'open',
  setPassword: async () => {
    throw new Error('this host keeps one password for all');
  },
  unlock: async () => {},
};

/** Starts the host. */
export async function startHost(options: HostOptions): Promise<{ close(): Promise<void> }> {
  const { issuer, port, clients, cookieKeys } = options;
  const securityInfo = await openSecurityInfo({ ...options, directory, serviceName: 'Host' }); // 1

  const provider = new Provider(issuer, {
    clients,
    cookies: { keys: cookieKeys },
    claims: { openid: ['sub', 'amr', 'auth_time'] },
    features: { devInteractions: { enabled: false } },
    extraClientMetadata: { properties: [...securityInfo.clientMetadataProperties] }, // 2
    findAccount: securityInfo.guardFindAccount(async (_ctx, sub) => ({
      accountId: sub,
      claims: () => ({ sub }),
    })), // 3
    interactions: {
      policy: securityInfo.addTo(interactionPolicy.base()), // 4
      url: (_ctx, { uid }) => `/interaction/${uid}`,
    },
    loadExistingGrant: async ({ oidc }) => {
      const grant = new provider.Grant({
        clientId: oidc.client?.clientId,
        accountId: oidc.session?.accountId,
      });
      grant.addOIDCScope('openid');
      await grant.save();
      return grant;
    },
  });

  const app = new Koa();
  app.use(securityInfo.pages(provider)); // 5
  app.use(signInPage(provider).routes());
  const callback = provider.callback();
  app.use((ctx) => {
    ctx.respond = false;
    return callback(ctx.req, ctx.res);
  });

  const server = createServer(app.callback()).listen(port, '127.0.0.1');
  await once(server, 'listening');
  const jobs = securityInfo.startJobs(); // 6
  return {
    close: async () => {
      await jobs.stop();
      server.closeAllConnections();
      server.close();
      await securityInfo.close();
    },
  };
}

/** The host's own sign-in page; the prompt `security_info` goes to the pages that were plugged in. */
function signInPage(provider: Provider): Router {
  const router = new Router();
  router.get('/interaction/:uid', async (ctx) => {
    const { uid, prompt } = await provider.interactionDetails(ctx.req, ctx.res);
    if (prompt.name === 'security_info') return ctx.redirect(`/interaction/${uid}/security-info`); // 5
    ctx.type = 'html';
    ctx.body = `<h1>Host</h1><form method="post" action="/interaction/${uid}/sign-in"><input name="loginName"><input name="password" type="password"><button>Sign in</button></form>`;
  });
  router.post('/interaction/:uid/sign-in', async (ctx) => {
    const chunks: Buffer[] = [];
    for await (const chunk of ctx.req) chunks.push(Buffer.from(chunk));
    const form = new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
    const account = await directory.findByLoginName(form.get('loginName') ?? '');
    if (account === undefined || !(await directory.checkPassword(account, form.get('password') ?? ''))) {
      return ctx.redirect(`/interaction/${ctx.params['uid']}`);
    }
    const login = { accountId: account.id, amr: ['pwd'], ts: Math.floor(Date.now() / 1000) };
    return provider.interactionFinished(ctx.req, ctx.res, { login });
  });
  return router;
}
