/**
 * Beginning to set up a method, new or in the place of another: the form comes from the method's contract. Ends where
 * the draft is kept; proving it is set-up-code.ts.
 */
import type { MethodView, OfferView, Visit } from '../../security-info/desk.ts';
import {
  DestinationNotAllowed,
  InvalidInput,
  MethodLimitReached,
  MethodNotOffered,
  MethodSetByAdmin,
  ProofRequired,
  SenderUnavailable,
  TooManySends,
} from '../../security-info/errors.ts';
import type { MethodType } from '../../security-info/record.ts';
import type { FormStep, Routes, Step } from '../shell/contract.ts';
import type { Errand } from './errand.ts';
import { provePath } from './errand.ts';
import { type FieldView, fieldViews } from './fields.ts';
import type { Problem, SecurityInfoRoom } from './room.ts';
import { attempt, methodOf, methodPath, methodTypeOf, overviewPath } from './room.ts';

/** All that the form of a new method shows. */
export interface SetUpPage {
  readonly offer: OfferView;
  readonly fields: readonly FieldView[];
  /** The method that the new one takes the place of, or null. */
  readonly replaces: MethodView | null;
  /** Where the form is sent, under the base. */
  readonly action: string;
  /** The place of the field to begin with: the first that is typed into. */
  readonly focus: number;
  /** What was typed, by field. */
  readonly typed: Readonly<Record<string, string>>;
  readonly problem: Problem | null;
}

/** Which method is set up: its type, and what it replaces. */
interface Target {
  readonly type: MethodType;
  readonly replaces: MethodView | null;
  readonly offer: OfferView;
  readonly proofNeeded: boolean;
  readonly errand: Errand;
}

/** Mounts the form for a new method and for one in the place of another. */
export function setUpRoutes(routes: Routes, room: SecurityInfoRoom): void {
  routes.get(`${overviewPath}/add/:type`, ['security_info'], async (step) => {
    const visit = await room.visitOf(step);
    const target = await targetOfType(step, visit, room);
    const twin = await replaceable(visit, target, room);
    if (twin !== undefined) return step.goTo(methodPath(twin.id, 'replace'));
    await showForm(step, target);
  });
  routes.post(`${overviewPath}/add/:type`, ['security_info'], async (step) => {
    const visit = await room.visitOf(step);
    await begin(step, visit, await targetOfType(step, visit, room), room);
  });
  routes.get(`${overviewPath}/methods/:id/replace`, ['security_info'], async (step) => {
    await showForm(step, await targetOfMethod(step, await room.visitOf(step), room));
  });
  routes.post(`${overviewPath}/methods/:id/replace`, ['security_info'], async (step) => {
    const visit = await room.visitOf(step);
    await begin(step, visit, await targetOfMethod(step, visit, room), room);
  });
}

async function targetOfType(step: Step, visit: Visit, room: SecurityInfoRoom): Promise<Target> {
  const type = methodTypeOf(step);
  const overview = await room.desk.overview(visit);
  const offer = overview.offers.find((candidate) => candidate.type === type);
  if (offer === undefined) throw new MethodNotOffered();
  return { type, offer, replaces: null, proofNeeded: overview.proofNeeded, errand: { kind: 'add', type } };
}

async function targetOfMethod(step: Step, visit: Visit, room: SecurityInfoRoom): Promise<Target> {
  const overview = await room.desk.overview(visit);
  const replaces = methodOf(step, overview);
  if (replaces.isSetByAdmin) throw new MethodSetByAdmin();
  const offer = overview.offers.find((candidate) => candidate.type === replaces.type);
  if (offer === undefined) throw new MethodNotOffered();
  const errand: Errand = { kind: 'replace', methodId: replaces.id };
  return { type: replaces.type, offer, replaces, proofNeeded: overview.proofNeeded, errand };
}

/** Where there may be no more of a type, and there is one: 'set up' can only mean that one. */
async function replaceable(
  visit: Visit,
  target: Target,
  room: SecurityInfoRoom,
): Promise<MethodView | undefined> {
  if (!target.offer.isLimitReached) return undefined;
  const same = (await room.desk.overview(visit)).methods.filter((method) => method.type === target.type);
  return same.length === 1 ? same[0] : undefined;
}

function actionOf(target: Target): string {
  return target.replaces === null
    ? `${overviewPath}/add/${target.type}`
    : methodPath(target.replaces.id, 'replace');
}

async function showForm(
  step: Step,
  target: Target,
  refused?: { readonly problem: Problem; readonly typed: Readonly<Record<string, string>> },
): Promise<void> {
  if (target.proofNeeded) return step.goTo(provePath(target.errand));
  const page: SetUpPage = {
    offer: target.offer,
    fields: fieldViews(target.offer.fields, step.words),
    replaces: target.replaces,
    action: actionOf(target),
    focus: target.offer.fields.findIndex(({ options }) => options === undefined),
    typed: refused?.typed ?? {},
    problem: refused?.problem ?? null,
  };
  await step.show('method/set-up', page, refused === undefined ? {} : { status: refused.problem.status });
}

async function begin(step: FormStep, visit: Visit, target: Target, room: SecurityInfoRoom): Promise<void> {
  const typed = Object.fromEntries(
    target.offer.fields.flatMap(({ name }) => {
      const value = step.form[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
  const problem = await attempt(
    () => room.desk.beginRegistration(visit, target.type, typed, target.replaces?.id ?? null),
    [DestinationNotAllowed, InvalidInput, MethodLimitReached, ProofRequired, SenderUnavailable, TooManySends],
  );
  if (problem === null) return step.goTo(`${overviewPath}/add/${target.type}/code`);
  if (problem.code === 'proof_required') return step.goTo(provePath(target.errand));
  await showForm(step, target, { problem, typed });
}
