/**
 * The development mailbox: every message that would have gone out, and what the demo accounts' authenticator apps
 * would show. Listens on this machine only and exists only in development.
 */
import Router from '@koa/router';
import type Koa from 'koa';
import type { Context } from 'koa';
import type { MailboxStore } from '../../delivery/development-mailbox.ts';
import type { Clock } from '../../security-info/ports.ts';
import type { DemoProofs } from '../proofs.ts';
import type { SiteOptions } from '../site.ts';
import { createSite } from '../site.ts';
import { showCode } from './authenticator.ts';

/** What the mailbox is told. */
export interface MailboxAppOptions extends Omit<SiteOptions, 'nameKey' | 'formOrigins'> {
  readonly store: MailboxStore;
  /** The authenticator apps and answers of the demo accounts, and of nobody else. */
  readonly proofs: () => Promise<DemoProofs>;
  readonly clock: Clock;
}

/** A key that somebody types is short. */
const maximumFormLength = 2048;

/** Makes the mailbox's site. */
export function createMailboxApp(options: MailboxAppOptions): Koa {
  const site = createSite({ ...options, nameKey: 'demo.mailbox.name' });
  const router = new Router();

  router.get('/', async (ctx) => {
    const words = site.translator(ctx);
    const all = await options.store.list();
    const wanted = typeof ctx.query['to'] === 'string' ? ctx.query['to'] : '';
    const recipients = [...new Set(all.map(({ to }) => to))].sort();
    const messages = all
      .filter(({ to }) => wanted === '' || to === wanted)
      .map(({ id, channel, to, subject, at }) => ({ id, channel, to, subject, at: words.dateTime(at) }));
    await site.show(ctx, 'mailbox/list', { messages, recipients, wanted });
  });

  router.get('/messages/:id', async (ctx) => {
    const message = await options.store.find(ctx.params['id'] ?? '');
    if (!message) return;
    const { id, channel, subject, text, to, from, messageId } = message;
    const at = site.translator(ctx).dateTime(message.at);
    const shown = { id, channel, subject, text, to, from, messageId, at };
    await site.show(ctx, 'mailbox/message', { message: shown });
  });

  router.get('/messages/:id/html', async (ctx) => {
    const message = await options.store.find(ctx.params['id'] ?? '');
    if (message?.channel !== 'mail') return;
    ctx.set(
      'Content-Security-Policy',
      "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'self'",
    );
    ctx.type = 'html';
    ctx.body = message.html;
  });

  router.get('/codes', (ctx) => showCodes(ctx, null));

  router.post('/codes', async (ctx) => {
    const form = await readForm(ctx);
    await showCodes(ctx, form?.get('key') ?? '');
  });

  async function showCodes(ctx: Context, key: string | null): Promise<void> {
    const now = options.clock.now();
    const { authenticators, questions } = await options.proofs();
    const typed = key === null ? undefined : showCode(key, now);
    await site.show(ctx, 'mailbox/codes', {
      accounts: authenticators.map(({ loginName, secret }) => ({ loginName, shown: showCode(secret, now) })),
      questions,
      key: key ?? '',
      typed: typed ?? null,
      isWrongKey: key !== null && typed === undefined,
    });
    if (key !== null && typed === undefined) ctx.status = 422;
  }

  site.app.use(router.routes());
  return site.app;
}

/** Undefined where the body is no form or too long for one. */
async function readForm(ctx: Context): Promise<URLSearchParams | undefined> {
  if (!ctx.is('urlencoded')) return undefined;
  let text = '';
  for await (const chunk of ctx.req.setEncoding('utf8')) {
    text += String(chunk);
    if (text.length > maximumFormLength) return undefined;
  }
  return new URLSearchParams(text);
}
