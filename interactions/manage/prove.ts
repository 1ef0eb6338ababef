/**
 * Proving a method that is there: to confirm a prefilled one, to renew a stale one, or because a change takes proof.
 * A code is sent by a form only, never by opening a page.
 */
import type { MethodView, Overview, ProofView } from '../../security-info/desk.ts';
import {
  DestinationNotAllowed,
  InvalidInput,
  QuestionsChanged,
  SenderUnavailable,
  TooManySends,
  TooManyWrongProofs,
  WrongCode,
} from '../../security-info/errors.ts';
import type { Errand } from '../register/errand.ts';
import { errandPath, errandText, parseErrand } from '../register/errand.ts';
import { readGiven } from '../register/given.ts';
import { goOnAsAdmin } from '../register/register.ts';
import type { Problem, SecurityInfoRoom } from '../register/room.ts';
import {
  attempt,
  methodPath,
  overviewPath,
  parameterOf,
  queryOf,
  sentOf,
  wrongAnswers,
} from '../register/room.ts';
import type { FormStep, Routes, Step } from '../shell/contract.ts';

/** All that the page shows on which one chooses how to prove oneself. */
export interface ChooseProofPage {
  readonly methods: readonly MethodView[];
  /** Those that are too new to prove for this. */
  readonly coolingOff: readonly MethodView[];
  readonly errand: Errand;
  readonly next: string;
  readonly closedUntilAt: Date | null;
}

/** All that the page shows on which one method is proved. */
export interface ProvePage {
  readonly proof: ProofView;
  readonly errand: Errand;
  readonly next: string;
  readonly closedUntilAt: Date | null;
  /** Another method could prove as well. */
  readonly hasOther: boolean;
  /** A change waits for this proof: an access pass would do as well. */
  readonly isForChange: boolean;
  readonly canReplace: boolean;
  /** A code was just sent once more: the same one, or another. */
  readonly sent: 'again' | 'new' | null;
  readonly problem: Problem | null;
}

/** Mounts the choice of a proof and the page of one. */
export function proveRoutes(routes: Routes, room: SecurityInfoRoom): void {
  routes.get(`${overviewPath}/prove`, ['security_info'], (step) => choose(step, room));
  const path = `${overviewPath}/methods/:id`;
  routes.get(`${path}/prove`, ['security_info'], (step) =>
    showProof(step, room, parseErrand(queryOf(step, 'next')), null),
  );
  routes.post(`${path}/send`, ['security_info'], async (step) => {
    const visit = await room.visitOf(step);
    const errand = parseErrand(step.form['next']);
    const methodId = parameterOf(step, 'id');
    let sent = 'new';
    const problem = await attempt(async () => {
      const { isSameCode } = await room.desk.sendProofCode(visit, methodId, step.form['channel'] ?? null);
      if (isSameCode) sent = 'again';
    }, [DestinationNotAllowed, SenderUnavailable, TooManySends, TooManyWrongProofs]);
    if (problem !== null) return showProof(step, room, errand, problem);
    const again = step.form['again'] === 'yes' ? `&sent=${sent}` : '';
    step.goTo(`${methodPath(methodId, 'prove')}?next=${errandText(errand)}${again}`);
  });
  routes.post(`${path}/prove`, ['security_info'], (step) => prove(step, room));
}

/** Methods that prove what the errand needs: one that is cooling off only lets its user add what is missing. */
function proving(overview: Overview, errand: Errand): { ready: MethodView[]; coolingOff: MethodView[] } {
  const verified = overview.methods.filter((method) => method.isVerified);
  const isAddition = (errand.kind === 'add' || errand.kind === 'code') && overview.missing > 0;
  const isReady = (method: MethodView): boolean => isAddition || method.coolingOffUntilAt === null;
  return {
    ready: verified.filter(isReady),
    coolingOff: verified.filter((method) => !isReady(method)),
  };
}

async function choose(step: Step, room: SecurityInfoRoom): Promise<void> {
  const errand = parseErrand(queryOf(step, 'next'));
  const overview = await room.desk.overview(await room.visitOf(step));
  // Whether a replacement or a removal takes more than an addition is only known once it was refused.
  const isJudged = ['replace', 'remove', 'password', 'admin'].includes(errand.kind);
  if (!overview.proofNeeded && !isJudged) return step.goTo(errandPath(errand));
  const { ready, coolingOff } = proving(overview, errand);
  const next = errandText(errand);
  const [only] = ready;
  if (overview.canProve && coolingOff.length === 0 && ready.length === 1 && only !== undefined) {
    return step.goTo(`${methodPath(only.id, 'prove')}?next=${next}`);
  }
  if (!overview.canProve && coolingOff.length === 0 && errand.kind !== 'password') {
    return step.goTo(`${overviewPath}/access-pass?next=${next}`);
  }
  const page: ChooseProofPage = {
    methods: overview.canProve ? ready : [],
    coolingOff,
    errand,
    next,
    closedUntilAt: overview.closedUntilAt,
  };
  await step.show('manage/choose-proof', page);
}

async function prove(step: FormStep, room: SecurityInfoRoom): Promise<void> {
  const errand = parseErrand(step.form['next']);
  const visit = await room.visitOf(step);
  const methodId = parameterOf(step, 'id');
  const { method } = await room.desk.readProof(visit, methodId);
  const read = readGiven(step, method.type);
  if ('problem' in read) return showProof(step, room, errand, read.problem);
  const problem = await attempt(
    () => room.desk.prove(visit, methodId, read.given),
    [InvalidInput, QuestionsChanged, TooManyWrongProofs, WrongCode],
  );
  if (problem !== null) {
    const isAnswers = typeof read.given !== 'string' && problem.code === 'wrong_code';
    return showProof(step, room, errand, isAnswers ? wrongAnswers(problem) : problem);
  }
  if (errand.kind === 'admin') {
    if (await goOnAsAdmin(step, room)) return;
    return step.goTo(`${overviewPath}/access-pass?next=admin`);
  }
  const done = method.isPrefilled ? 'confirmed' : 'proved';
  step.goTo(errand.kind === 'overview' ? `${overviewPath}?done=${done}` : errandPath(errand));
}

async function showProof(
  step: Step,
  room: SecurityInfoRoom,
  errand: Errand,
  problem: Problem | null,
): Promise<void> {
  const visit = await room.visitOf(step);
  const proof = await room.desk.readProof(visit, parameterOf(step, 'id'));
  const overview = await room.desk.overview(visit);
  const { ready } = proving(overview, errand);
  const page: ProvePage = {
    proof,
    errand,
    next: errandText(errand),
    closedUntilAt: overview.closedUntilAt,
    hasOther: ready.some((method) => method.id !== proof.method.id),
    isForChange: errand.kind !== 'overview',
    canReplace: overview.offers.some((offer) => offer.type === proof.method.type),
    sent: problem === null ? sentOf(step) : null,
    problem,
  };
  await step.show('manage/prove', page, problem === null ? {} : { status: problem.status });
}
