/**
 * The routes of every room, under `/interaction/:uid`: reads the sign-in and the form, sends the browser to the room
 * that the sign-in is at, and turns what a handler lets out into a page. What a page does is its room's.
 */
import Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import { FormExpired } from '../../security-info/errors.ts';
import { answerPages } from './answer-pages.ts';
import type {
  FormStep,
  Interaction,
  InteractionSeam,
  PageOptions,
  PromptName,
  Routes,
  Step,
} from './contract.ts';
import type { ErrorLog, Place } from './error-pages.ts';
import { readForm } from './form.ts';
import { checkFormToken, checkPostOrigin, formTokenField, formTokenOf } from './form-token.ts';
import type { Pages } from './pages.ts';

/** What the routes are made with. */
export interface RoutesOptions extends Pick<PageOptions, 'issuer' | 'keys'> {
  readonly pages: Pages;
  readonly seam: InteractionSeam;
  readonly log: ErrorLog;
  /** Where each prompt begins, under the interaction's path; this house's own rooms unless told otherwise. */
  readonly roomOfPrompt?: Readonly<Record<PromptName, string>>;
}

/** Routes that rooms add to, and the middleware that answers them. */
export interface InteractionRoutes {
  readonly routes: Routes;
  /** Answers everything under `/interaction/`, and passes the rest on. */
  readonly middleware: Middleware;
}

/** Where each prompt begins. */
const ownRooms: Readonly<Record<PromptName, string>> = {
  login: '/sign-in',
  security_info: '/security-info',
  consent: '/consent',
};

const prefix = '/interaction';

interface Entry<StepOfMethod> {
  readonly prompts: readonly PromptName[];
  readonly handler: (step: StepOfMethod) => Promise<void>;
}

/** Makes the routes. */
export function createRoutes(options: RoutesOptions): InteractionRoutes {
  const { pages, seam, keys, issuer, log, roomOfPrompt = ownRooms } = options;
  const router = new Router({ prefix: `${prefix}/:uid` });
  const gets = new Map<string, Entry<Step>[]>();
  const posts = new Map<string, Entry<FormStep>[]>();

  const stepOf = (ctx: Context, interaction: Interaction): Step => {
    const base = baseOf(interaction);
    return {
      ctx,
      interaction,
      base,
      words: pages.words(ctx),
      show: (view, page, { status, script } = {}) =>
        pages.show(ctx, view, page, {
          base,
          accountId: interaction.accountId,
          token: formTokenOf(keys, interaction.uid),
          ...(status === undefined ? {} : { status }),
          ...(script === undefined ? {} : { script }),
        }),
      goTo: (path) => seeOther(ctx, `${base}${path}`),
      finish: async (result) => seeOther(ctx, await seam.finish(ctx, result)),
    };
  };

  const read = async (ctx: Context): Promise<Interaction> => {
    const interaction = await seam.read(ctx);
    ctx.state['base'] = baseOf(interaction);
    pages.words(ctx, interaction.uiLocales);
    return interaction;
  };

  router.get('/', async (ctx) => {
    // A hint and no more: the page reads the sign-in, and leads to where it really is.
    const room = roomAt(roomOfPrompt, ctx.query['at']);
    if (room !== undefined)
      return seeOther(ctx, `${prefix}/${encodeURIComponent(ctx.params['uid'] ?? '')}${room}`);
    const interaction = await read(ctx);
    seeOther(ctx, `${baseOf(interaction)}${roomOfPrompt[interaction.prompt]}`);
  });

  const routes: Routes = {
    get: (path, prompts, handler) => {
      if (!add(gets, path, { prompts, handler })) return;
      router.get(path, async (ctx) => {
        const interaction = await read(ctx);
        const entry = entryAt(gets, path, interaction.prompt);
        if (entry === undefined) seeOther(ctx, `${baseOf(interaction)}${roomOfPrompt[interaction.prompt]}`);
        else await entry.handler(stepOf(ctx, interaction));
      });
    },
    post: (path, prompts, handler) => {
      if (!add(posts, path, { prompts, handler })) return;
      router.post(path, async (ctx) => {
        checkPostOrigin(ctx, issuer);
        const interaction = await read(ctx);
        const { [formTokenField]: token, ...form } = await readForm(ctx);
        checkFormToken(keys, interaction.uid, token);
        const entry = entryAt(posts, path, interaction.prompt);
        if (entry === undefined) throw new FormExpired();
        const fields: Record<string, string> = Object.assign(Object.create(null), form);
        await entry.handler({ ...stepOf(ctx, interaction), form: fields });
      });
    },
  };

  const placeOf = (ctx: Context): Place => {
    const base: unknown = ctx.state['base'];
    return typeof base === 'string' ? base : null;
  };
  const middleware = answerPages({ router, prefix, placeOf, pages, issuer, log });
  return { routes, middleware };
}

function roomAt(rooms: Readonly<Record<PromptName, string>>, hint: unknown): string | undefined {
  return Object.entries(rooms).find(([prompt]) => prompt === hint)?.[1];
}

/** Adds an entry; true where its path is new. One path may be another page at another prompt. */
function add<StepOfMethod>(
  table: Map<string, Entry<StepOfMethod>[]>,
  path: string,
  entry: Entry<StepOfMethod>,
): boolean {
  const entries = table.get(path);
  if (entries?.some(({ prompts }) => prompts.some((prompt) => entry.prompts.includes(prompt))))
    throw new TypeError(`two pages at ${path}`);
  table.set(path, [...(entries ?? []), entry]);
  return entries === undefined;
}

function entryAt<StepOfMethod>(
  table: ReadonlyMap<string, readonly Entry<StepOfMethod>[]>,
  path: string,
  prompt: PromptName,
): Entry<StepOfMethod> | undefined {
  return table.get(path)?.find(({ prompts }) => prompts.includes(prompt));
}

function baseOf({ uid }: Interaction): string {
  return `${prefix}/${encodeURIComponent(uid)}`;
}

/** 303: whatever the request was, the next one is a GET (RFC 9110 §15.4.4). */
function seeOther(ctx: Context, address: string): void {
  ctx.status = 303;
  ctx.redirect(address);
}
