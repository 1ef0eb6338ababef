/**
 * What a person was about to do when a proof came in between. It travels in an address or a form as a few fixed words,
 * never as an address to go to, so that no link can send anybody elsewhere.
 */
import { parseMethodType } from '../../security-info/methods/registry.ts';
import type { MethodType } from '../../security-info/record.ts';
import { methodPath, overviewPath } from './room.ts';

/** What comes after the proof. */
export type Errand =
  | { readonly kind: 'overview' }
  /** A new password, with a proof in place of the old one. */
  | { readonly kind: 'password' }
  /** Acting as an admin, at an app that asked for it. */
  | { readonly kind: 'admin' }
  | { readonly kind: 'add'; readonly type: MethodType }
  /** The code of a method that is being set up already. */
  | { readonly kind: 'code'; readonly type: MethodType }
  | { readonly kind: 'replace'; readonly methodId: string }
  | { readonly kind: 'remove'; readonly methodId: string };

/** Reads an errand from outside; whatever is not one leads to the overview. */
export function parseErrand(text: string | undefined): Errand {
  if (text === 'password' || text === 'admin') return { kind: text };
  const [, kind, subject = ''] = /^(add|code|replace|remove)\.([A-Za-z0-9_-]{1,64})$/.exec(text ?? '') ?? [];
  if (kind === 'replace' || kind === 'remove') return { kind, methodId: subject };
  const type = parseMethodType(subject);
  return (kind === 'add' || kind === 'code') && type !== undefined ? { kind, type } : { kind: 'overview' };
}

/** An errand in words that `parseErrand` reads. */
export function errandText(errand: Errand): string {
  if (errand.kind === 'overview' || errand.kind === 'password' || errand.kind === 'admin') return errand.kind;
  return `${errand.kind}.${'type' in errand ? errand.type : errand.methodId}`;
}

/** The page on which the errand goes on. */
export function errandPath(errand: Errand): string {
  if (errand.kind === 'overview' || errand.kind === 'admin') return overviewPath;
  if (errand.kind === 'password') return `${overviewPath}/password`;
  if (errand.kind === 'add') return `${overviewPath}/add/${errand.type}`;
  if (errand.kind === 'code') return `${overviewPath}/add/${errand.type}/code`;
  return methodPath(errand.methodId, errand.kind);
}

/** The page on which the user proves a method in order to go on with the errand. */
export function provePath(errand: Errand): string {
  return `${overviewPath}/prove?next=${errandText(errand)}`;
}
