/**
 * What the console is given by whoever mounts it: its routes with their forms, and who is at it. Types only; nothing
 * here knows node-oidc-provider or the shell of the pages.
 */
import type { Context } from 'koa';
import type { Translator } from '../../locales/translator.ts';
import type { Account } from '../../security-info/ports.ts';

/** One request of a page, whoever is at it. */
export interface PageStep {
  readonly ctx: Context;
  readonly words: Translator;
  /** Answers with `views/<view>.ejs`; `page` is all that the room hands to it. */
  show(view: string, page: object, options?: { readonly status?: number }): Promise<void>;
  /** 303 to a page under `/admin`. */
  goTo(path: string): void;
}

/** A posted form: read, bounded, its anti-forgery token checked. */
export interface PageFormStep extends PageStep {
  readonly form: Readonly<Record<string, string>>;
}

/** A posted form with a file; its token was checked before the file is read. */
export interface PageFileStep extends PageFormStep {
  /** As it comes in; fails where the upload is cut off, broken or too large. */
  readonly file: AsyncIterable<Uint8Array>;
}

/** Where pages are added; paths are under `/admin`. */
export interface PageTable {
  get(path: string, handler: (step: PageStep) => Promise<void>): void;
  post(path: string, handler: (step: PageFormStep) => Promise<void>): void;
  /** A form with a file (multipart/form-data) of at most so many bytes in all; its fields stand before the file. */
  postFile(path: string, maximumBytes: number, handler: (step: PageFileStep) => Promise<void>): void;
}

/** Who is at the console, and until when without another proof. */
export interface Entered {
  readonly account: Account;
  readonly provedUntilAt: Date;
}

/** How somebody comes in: signed in at this provider, an admin, a registered method proved within 15 minutes. */
export interface ConsoleEntry {
  /** Who is at the console; null where nobody is, or the proof is too old, or the sign-in has ended. */
  read(ctx: Context): Promise<Entered | null>;
  /** Sends the browser to sign in and prove a method; it comes back to `returnTo` under `/admin`. */
  begin(ctx: Context, returnTo: string): void;
  /** The browser comes back. @returns where to go on under `/admin`; null where it did not begin here, or was refused */
  finish(ctx: Context): Promise<string | null>;
  /** Who was at the console in this browser last, however long ago, and a name for what is kept for it. */
  lastVisit(ctx: Context): { readonly accountId: string; readonly visitId: string } | null;
  /** Leaves the console; the sign-in at the provider stays. */
  leave(ctx: Context): void;
}
