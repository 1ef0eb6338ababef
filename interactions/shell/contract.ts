/**
 * What the shell gives to every room of `interactions/`, and what it asks of the provider. Types only: the shell is
 * pages.ts and routes.ts, the seam is the provider's. No room knows node-oidc-provider.
 */
import type { Context } from 'koa';
import type { Translator, Translators } from '../../locales/translator.ts';
import type { DataKeys } from '../../security-info/ports.ts';

/** The prompts that stop a sign-in, in their order. */
export type PromptName = 'login' | 'security_info' | 'consent';

/** The relying app of a sign-in, as pages show it. */
export interface ClientView {
  readonly clientId: string;
  /** `client_name`, or the client id where it has none. */
  readonly name: string;
  readonly isFirstParty: boolean;
  /** Nobody is asked for security info at this app. */
  readonly isExempt: boolean;
  readonly policyUri: string | null;
  readonly termsUri: string | null;
}

/** A sign-in under way: node-oidc-provider's Interaction, as far as pages need it. */
export interface Interaction {
  readonly uid: string;
  /** When who is signed in gave their password; null at `login`. */
  readonly signedInAt: Date | null;
  /** Stable from login to consent; the uid is not. */
  readonly cid: string;
  readonly prompt: PromptName;
  /** The checks that failed, by reason. */
  readonly reasons: readonly string[];
  /** Who is signed in; null at `login` of a browser without a session. */
  readonly accountId: string | null;
  readonly client: ClientView;
  /** `ui_locales`, most wanted first. */
  readonly uiLocales: readonly string[];
  readonly loginHint: string | null;
  /** What consent has to be given for; empty at the other prompts. */
  readonly missingScopes: readonly string[];
  readonly missingClaims: readonly string[];
}

/** How a step ended. What becomes of the protocol is the seam's. */
export type StepResult =
  | { readonly kind: 'signed_in'; readonly accountId: string; readonly signedInAt: Date }
  /** `addedAmr`: RFC 8176 values proved in this very sign-in. */
  | {
      readonly kind: 'security_info';
      readonly addedAmr: readonly string[];
      /** When a method was proved in this sign-in in order to act as an admin; null or absent where none was. */
      readonly adminProofAt?: Date | null;
    }
  /** The same sign-in goes on at the same page, as new as this: what is older is refused from now on. */
  | { readonly kind: 'renewed'; readonly signedInAt: Date }
  | { readonly kind: 'consented' }
  /** Back to the relying party with `access_denied`. */
  | { readonly kind: 'cancelled' };

/** What the provider does for the pages. */
export interface InteractionSeam {
  /**
   * The interaction of this request: the cookie's, and the one that the path names (`ctx.params.uid`).
   * @throws {InteractionGone} `interaction_gone`; where its sign-in was revoked meanwhile, too
   */
  read(ctx: Context): Promise<Interaction>;
  /**
   * Ends the step of this request.
   * @returns the address to send the browser to
   * @throws {InteractionGone} `interaction_gone`
   */
  finish(ctx: Context, result: StepResult): Promise<string>;
}

/** What all pages are made with. */
export interface PageOptions {
  readonly viewsFolder: string;
  readonly publicFolder: string;
  /** Pages in these languages. */
  readonly translators: Translators;
  readonly serviceName: string;
  readonly helpdeskUrl: string | null;
  /** Where an account's policy says that people get help; null where it says nothing. */
  readonly helpdeskOf?: (accountId: string | null) => Promise<string | null>;
  /** Where somebody comes back to their security info later; absent or null where there is no such page. */
  readonly ownPageUrl?: string | null;
  /** The issuer's origin: cookies are `__Host-` and Secure when it is https. */
  readonly issuer: string;
  readonly keys: DataKeys;
  /** Compile each view once, as is the default; false while views are being written. */
  readonly cachesViews?: boolean;
}

/** One request of a room, with the sign-in that it belongs to. */
export interface Step {
  readonly ctx: Context;
  readonly interaction: Interaction;
  readonly words: Translator;
  /** `/interaction/<uid>`: every page of the sign-in lives under it, for the cookie's path ends there. */
  readonly base: string;
  /** Answers with `views/<view>.ejs`; `page` is all that the room hands to it. */
  show(
    view: string,
    page: object,
    options?: { readonly status?: number; readonly script?: 'password-strength' },
  ): Promise<void>;
  /** 303 to a page of this interaction: `path` begins with a slash and is appended to `base`. */
  goTo(path: string): void;
  /** Ends the step and sends the browser on. */
  finish(result: StepResult): Promise<void>;
}

/** A posted form: read, bounded, its anti-forgery token checked. Every value is one string; absent ones are absent. */
export interface FormStep extends Step {
  readonly form: Readonly<Record<string, string>>;
}

/**
 * The routes of a room, under `/interaction/:uid`. The shell has read the interaction, seen that it is at one of the
 * prompts (it sends the browser to where the sign-in is otherwise), and turns every SecurityInfoError that a handler
 * lets out into a page in the user's language with its status and a way on.
 */
export interface Routes {
  /** `path` begins with a slash and may have parameters (`/methods/:id`), read from `ctx.params`. */
  get(path: string, prompts: readonly PromptName[], handler: (step: Step) => Promise<void>): void;
  post(path: string, prompts: readonly PromptName[], handler: (step: FormStep) => Promise<void>): void;
}
