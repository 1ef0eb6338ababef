/** Proving what is being set up: the QR code where there is one, the code, sending it again, another address. */
import type { DraftView } from '../../security-info/desk.ts';
import {
  DestinationNotAllowed,
  InvalidInput,
  MethodLimitReached,
  NothingPending,
  ProofRequired,
  SenderUnavailable,
  TooManySends,
  TooManyWrongProofs,
  WrongCode,
} from '../../security-info/errors.ts';
import type { MethodType } from '../../security-info/record.ts';
import type { FormStep, Routes, Step } from '../shell/contract.ts';
import { provePath } from './errand.ts';
import { readGiven } from './given.ts';
import type { Problem, SecurityInfoRoom } from './room.ts';
import { attempt, methodPath, methodTypeOf, overviewPath, sentOf, wrongAnswers } from './room.ts';

/** All that the page with the code field shows. */
export interface SetUpCodePage {
  readonly draft: DraftView;
  /** The otpauth URI as an SVG drawing, or null. */
  readonly qrCode: string | null;
  /** The key in groups of four, or null. */
  readonly keyGroups: readonly string[] | null;
  /** A code was just sent once more: the same one, or another. */
  readonly sent: 'again' | 'new' | null;
  readonly problem: Problem | null;
}

const nothingPending = `${overviewPath}?note=nothing_pending`;

/** Mounts the page on which a new method is proved. */
export function setUpCodeRoutes(routes: Routes, room: SecurityInfoRoom): void {
  const path = `${overviewPath}/add/:type`;
  routes.get(`${path}/code`, ['security_info'], async (step) => {
    await showCode(step, methodTypeOf(step), room, null);
  });
  routes.post(`${path}/code`, ['security_info'], (step) => finishSetUp(step, methodTypeOf(step), room));
  routes.post(`${path}/resend`, ['security_info'], async (step) => {
    const type = methodTypeOf(step);
    const visit = await room.visitOf(step);
    let sent = 'new';
    const problem = await attempt(async () => {
      const wished = step.form['channel'] ?? null;
      const { isSameCode } = await room.desk.resendDraftCode(visit, type, step.form['draft'] ?? '', wished);
      if (isSameCode) sent = 'again';
    }, [DestinationNotAllowed, NothingPending, SenderUnavailable, TooManySends]);
    if (problem === null) return step.goTo(`${overviewPath}/add/${type}/code?sent=${sent}`);
    if (problem.code === 'nothing_pending') return step.goTo(nothingPending);
    await showCode(step, type, room, problem);
  });
  routes.post(`${path}/abandon`, ['security_info'], async (step) => {
    const type = methodTypeOf(step);
    const visit = await room.visitOf(step);
    let again = `${overviewPath}/add/${type}`;
    await attempt(async () => {
      const draft = await room.desk.readDraft(visit, type);
      if (draft.replaces !== null) again = methodPath(draft.replaces.id, 'replace');
      await room.desk.abandonRegistration(visit, type);
    }, [NothingPending]);
    step.goTo(again);
  });
}

async function finishSetUp(step: FormStep, type: MethodType, room: SecurityInfoRoom): Promise<void> {
  const read = readGiven(step, type);
  if ('problem' in read) return showCode(step, type, room, read.problem);
  const visit = await room.visitOf(step);
  const problem = await attempt(
    () => room.desk.finishRegistration(visit, type, step.form['draft'] ?? '', read.given),
    [InvalidInput, MethodLimitReached, NothingPending, ProofRequired, TooManyWrongProofs, WrongCode],
  );
  if (problem === null) return step.goTo(`${overviewPath}?done=registered`);
  if (problem.code === 'nothing_pending') return step.goTo(nothingPending);
  if (problem.code === 'proof_required') return step.goTo(provePath({ kind: 'code', type }));
  const isAnswers = typeof read.given !== 'string' && problem.code === 'wrong_code';
  await showCode(step, type, room, isAnswers ? wrongAnswers(problem) : problem);
}

async function showCode(
  step: Step,
  type: MethodType,
  room: SecurityInfoRoom,
  problem: Problem | null,
): Promise<void> {
  const visit = await room.visitOf(step);
  let draft: DraftView | undefined;
  await attempt(async () => {
    draft = await room.desk.readDraft(visit, type);
  }, [NothingPending]);
  if (draft === undefined) return step.goTo(nothingPending);
  const page: SetUpCodePage = {
    draft,
    qrCode: draft.setup === null ? null : await drawQrCode(draft.setup.uri),
    keyGroups: draft.setup === null ? null : (draft.setup.key.match(/.{1,4}/g) ?? []),
    sent: problem === null ? sentOf(step) : null,
    problem,
  };
  await step.show('method/set-up-code', page, problem === null ? {} : { status: problem.status });
}

/** Loaded at the first one: most processes that start never draw any. */
async function drawQrCode(text: string): Promise<string> {
  const qrcode = await import('qrcode');
  return qrcode.toString(text, { type: 'svg', margin: 2 });
}
