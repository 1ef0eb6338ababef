/** The second gate: one of the registered methods, masked, is proved; a code is sent by a button only. */
import {
  DestinationNotAllowed,
  InvalidInput,
  MethodNotFound,
  NothingPending,
  QuestionsChanged,
  SenderUnavailable,
  TooManySends,
  TooManyWrongProofs,
  WrongCode,
} from '../../security-info/errors.ts';
import type { ResetProofView } from '../../security-info/reset-desk.ts';
import { readGiven } from '../register/given.ts';
import { attempt, type Problem, wrongAnswers } from '../register/room.ts';
import type { OutsideFormStep, OutsideRoutes, OutsideStep } from '../shell/outside-routes.ts';
import { type ResetRoom, visitOf } from './room.ts';

/** Mounts the second gate. */
export function secondGateRoutes(routes: OutsideRoutes, room: ResetRoom): void {
  routes.get('/second/:id', (step) => showProof(step, room, null));
  routes.post('/second/:id/send', async (step) => {
    const problem = await attempt(
      () => room.resetDesk.sendSecond(visitOf(step, room), idOf(step), step.form['channel'] ?? null),
      [
        DestinationNotAllowed,
        MethodNotFound,
        NothingPending,
        SenderUnavailable,
        TooManySends,
        TooManyWrongProofs,
      ],
    );
    if (isOver(problem)) return step.goTo('');
    if (problem === null) return step.goTo(`/second/${encodeURIComponent(idOf(step))}`);
    await showProof(step, room, problem);
  });
  routes.post('/second/:id/prove', (step) => prove(step, room));
}

async function prove(step: OutsideFormStep, room: ResetRoom): Promise<void> {
  const visit = visitOf(step, room);
  const view = await viewOf(step, room);
  if (view === null) return step.goTo('');
  const read = readGiven(step, view.method.type);
  if ('problem' in read) return showProof(step, room, read.problem);
  const problem = await attempt(
    () => room.resetDesk.proveSecond(visit, view.method.id, read.given),
    [InvalidInput, MethodNotFound, NothingPending, QuestionsChanged, TooManyWrongProofs, WrongCode],
  );
  if (problem === null || isOver(problem)) return step.goTo('');
  const isAnswers = typeof read.given !== 'string' && problem.code === 'wrong_code';
  await showProof(step, room, isAnswers ? wrongAnswers(problem) : problem);
}

/** The method, or the whole reset, is not there any more: the state's own page says what is. */
function isOver(problem: Problem | null): boolean {
  return problem?.code === 'nothing_pending' || problem?.code === 'method_not_found';
}

async function viewOf(step: OutsideStep, room: ResetRoom): Promise<ResetProofView | null> {
  let view: ResetProofView | null = null;
  await attempt(async () => {
    view = await room.resetDesk.readSecond(visitOf(step, room), idOf(step));
  }, [MethodNotFound, NothingPending]);
  return view;
}

async function showProof(step: OutsideStep, room: ResetRoom, problem: Problem | null): Promise<void> {
  const proof = await viewOf(step, room);
  if (proof === null) return step.goTo('');
  await step.show('reset/prove', { proof, problem }, problem === null ? {} : { status: problem.status });
}

function idOf(step: OutsideStep): string {
  const value: unknown = step.ctx['params']?.id;
  return typeof value === 'string' ? value : '';
}
