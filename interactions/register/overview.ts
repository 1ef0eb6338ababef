/**
 * The page that `/security-info` shows: what is asked and why, what is there, what can be done. One page model for
 * the three rooms that it can look like; what it says is the views' and the locales'.
 */
import type { MethodView, OfferView, Overview } from '../../security-info/desk.ts';
import type { MethodType } from '../../security-info/record.ts';
import type { Interaction, Step } from '../shell/contract.ts';
import type { Problem, SecurityInfoRoom } from './room.ts';
import { queryOf } from './room.ts';

/** What the page is for: first registration, a review, or the user's own wish. */
export type Purpose = 'register' | 'reconfirm' | 'manage';

/** The one thing that the page proposes. */
export type MainAction =
  | { readonly kind: 'finish' }
  | { readonly kind: 'all_right' }
  | { readonly kind: 'confirm'; readonly method: MethodView }
  | { readonly kind: 'set_up'; readonly type: MethodType }
  /** What is there is not enough any more. */
  | { readonly kind: 'complete'; readonly method: MethodView }
  | { readonly kind: 'access_pass' }
  | { readonly kind: 'none' };

/** A method and what can be done with it here. */
export interface MethodCard {
  readonly method: MethodView;
  readonly canConfirm: boolean;
  readonly canReplace: boolean;
  readonly canRemove: boolean;
  /** The review waits for it. */
  readonly isWaiting: boolean;
}

/** All that the views of the overview show. */
export interface OverviewPage {
  /** The relying app, by name. */
  readonly app: string;
  readonly purpose: Purpose;
  readonly overview: Overview;
  readonly cards: readonly MethodCard[];
  /** What can be set up and adds to the number that counts, most secure first. */
  readonly offers: readonly OfferView[];
  /** What can be set up beside one that is there. */
  readonly furtherOffers: readonly OfferView[];
  readonly main: MainAction;
  /** When the user is asked next; undefined where that is not known before the review is done. */
  readonly nextDueAt: Date | null | undefined;
  /** What was just done, a fixed word. */
  readonly done: string | null;
  /** Something to know, a fixed word. */
  readonly note: string | null;
  readonly problem: Problem | null;
}

const doneWords = [
  'registered',
  'confirmed',
  'proved',
  'removed',
  'looks_good',
  'access_pass',
  'named',
  'preferred',
  'unpreferred',
  'signed_out',
  'password',
] as const;
const noteWords = ['nothing_pending', 'prove_first'] as const;

/** What was just done, for the address of the overview. */
export type DoneWord = (typeof doneWords)[number];
/** What there is to know, for the address of the overview. */
export type NoteWord = (typeof noteWords)[number];

/** Which of the three pages it is: what is still to do, then why the user came. */
export function purposeOf(overview: Overview, reasons: readonly string[]): Purpose {
  if (overview.status.kind === 'registration_required') return 'register';
  if (overview.status.kind === 'snoozed') return 'manage';
  if (overview.isReview || overview.status.kind === 'reconfirmation_due') return 'reconfirm';
  if (reasons.includes('registration_required')) return 'register';
  return reasons.includes('reconfirmation_due') ? 'reconfirm' : 'manage';
}

/** The methods that the open review still waits for. */
export function waitingIn(overview: Overview): MethodView[] {
  return overview.isReview
    ? overview.methods.filter((method) => method.isDueForReview && !method.isReviewed)
    : [];
}

/** Makes the page out of what the Desk says. */
export function overviewPage(
  overview: Overview,
  { client, reasons }: Pick<Interaction, 'client' | 'reasons'>,
  shown: {
    readonly done?: string | undefined;
    readonly note?: string | undefined;
    readonly problem?: Problem;
  },
): OverviewPage {
  const purpose = purposeOf(overview, reasons);
  const waiting = new Set(waitingIn(overview));
  const open = overview.offers.filter((offer) => !offer.isLimitReached);
  const offers = open.filter((offer) => !offer.hasOne);
  return {
    app: client.name,
    purpose,
    overview,
    cards: overview.methods.map((method) => ({
      method,
      canConfirm: canConfirm(method),
      canReplace: overview.offers.some((offer) => offer.type === method.type),
      canRemove: !method.isNeeded && !method.isSetByAdmin && !isPrefilledOnly(overview),
      isWaiting: waiting.has(method),
    })),
    offers,
    furtherOffers: open.filter((offer) => offer.hasOne),
    main: mainAction(overview, purpose, offers),
    nextDueAt: nextDueAt(overview),
    done: doneWords.find((word) => word === shown.done) ?? null,
    note: noteWords.find((word) => word === shown.note) ?? null,
    problem: shown.problem ?? null,
  };
}

/** A method that waits for a proof, which can reach it. */
function canConfirm(method: MethodView): boolean {
  return (method.isPrefilled || method.mustBeProvedAnew) && method.isReachable;
}

/** While nothing is there but what an administrator filled in, nothing can prove, so nothing can be removed. */
export function isPrefilledOnly({ methods }: Overview): boolean {
  return methods.some((method) => method.isPrefilled) && !methods.some((method) => method.isVerified);
}

/** The Desk's date, unless it is one that the open review is about. */
function nextDueAt(overview: Overview): Date | null | undefined {
  const date = overview.nextDueAt;
  if (overview.canFinish || date === null) return date;
  const isLater = waitingIn(overview).every(({ dueAt }) => dueAt === null || dueAt < date);
  return isLater ? date : undefined;
}

function mainAction(overview: Overview, purpose: Purpose, offers: readonly OfferView[]): MainAction {
  if (overview.canFinish) return { kind: 'finish' };
  const waiting = purpose === 'reconfirm' ? waitingIn(overview) : [];
  const toProve = waiting.find(({ reviewBy }) => reviewBy === 'prove');
  if (waiting.length > 0 && toProve === undefined) return { kind: 'all_right' };
  const toConfirm = overview.methods.find((method) => !method.isNoLongerOffered && canConfirm(method));
  if (toConfirm !== undefined) return { kind: 'confirm', method: toConfirm };
  if (toProve !== undefined) return { kind: 'confirm', method: toProve };
  if (overview.proofNeeded && !overview.canProve) return { kind: 'access_pass' };
  const toComplete = overview.methods.find(
    (method) => method.isTooLittle && method.isVerified && !method.isNoLongerOffered,
  );
  if (toComplete !== undefined && overview.missing > 0) return { kind: 'complete', method: toComplete };
  const [offer] = offers;
  return offer === undefined ? { kind: 'none' } : { kind: 'set_up', type: offer.type };
}

const views: Readonly<Record<Purpose, string>> = {
  register: 'register/overview',
  reconfirm: 'reconfirm/review',
  manage: 'manage/overview',
};

/** Answers with the overview, the review or the user's own page, with what was refused on it if anything was. */
export async function showOverview(step: Step, room: SecurityInfoRoom, problem?: Problem): Promise<void> {
  const overview = await room.desk.overview(await room.visitOf(step));
  const page = overviewPage(overview, step.interaction, {
    done: queryOf(step, 'done') ?? room.takeDone?.(step),
    note: queryOf(step, 'note'),
    ...(problem === undefined ? {} : { problem }),
  });
  await step.show(views[page.purpose], page, problem === undefined ? {} : { status: problem.status });
}
