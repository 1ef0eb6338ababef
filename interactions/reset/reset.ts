/**
 * Password reset and unlock: one address that shows where the reset stands, and the forms that take it on. What may be
 * done, and what nobody may learn before the first proof, is the ResetDesk's.
 */
import { InvalidInput, TooManySends } from '../../security-info/errors.ts';
import type { ResetState } from '../../security-info/reset-desk.ts';
import type { Problem } from '../register/room.ts';
import { attempt, problemOf } from '../register/room.ts';
import type { OutsideFormStep, OutsideRoutes, OutsideStep } from '../shell/outside-routes.ts';
import { endRoutes, showEnd } from './end.ts';
import { firstGateRoutes, showFirstCode } from './first-gate.ts';
import { helpRoutes } from './help.ts';
import type { ResetRoom } from './room.ts';
import { visitOf } from './room.ts';
import { secondGateRoutes } from './second-gate.ts';

/** Mounts the reset. */
export function resetRoom(routes: OutsideRoutes, room: ResetRoom): void {
  routes.get('/', async (step) => showState(step, room, await room.resetDesk.state(visitOf(step, room))));
  routes.get('/name', (step) => showName(step, room, null, '', null));
  routes.post('/name', (step) => begin(step, room));
  firstGateRoutes(routes, room);
  secondGateRoutes(routes, room);
  endRoutes(routes, room);
  helpRoutes(routes, room);
}

async function showState(step: OutsideStep, room: ResetRoom, state: ResetState): Promise<void> {
  switch (state.kind) {
    case 'name': {
      const { returnTo, limited } = state;
      if (limited === null) return showName(step, room, null, '', returnTo);
      const problem = problemOf(new TooManySends({ until: limited.until }));
      return showName(step, room, problem, limited.loginName, returnTo);
    }
    case 'first_gate':
      return step.show('reset/choose', { offers: state.offers });
    case 'first_code':
      return showFirstCode(step, state, null);
    case 'second_gate':
      return step.show('reset/second', { choices: state.choices });
    case 'choose':
      return showEnd(step, state, null);
    case 'done':
      return step.show('reset/done', { how: state.how, returnTo: state.returnTo });
  }
}

async function begin(step: OutsideFormStep, room: ResetRoom): Promise<void> {
  const loginName = (step.form['loginName'] ?? '').slice(0, 1_000);
  const problem =
    (await robotProblem(step, room)) ??
    (await attempt(() => room.resetDesk.begin(visitOf(step, room), loginName), [InvalidInput, TooManySends]));
  if (problem === null) return step.goTo('');
  const state = await room.resetDesk.state(visitOf(step, room));
  await showName(step, room, problem, loginName, state.kind === 'name' ? state.returnTo : null);
}

/** Where the host asks something, a wrong answer is told before anything is looked up. */
async function robotProblem(step: OutsideFormStep, { robotChallenge }: ResetRoom): Promise<Problem | null> {
  if (robotChallenge === null) return null;
  const token = (step.form['challenge'] ?? '').slice(0, 2_000);
  const answer = (step.form['answer'] ?? '').slice(0, 200);
  const isPerson = await robotChallenge.check(token, answer, step.ctx.ip);
  return isPerson ? null : problemOf(new InvalidInput([{ field: 'answer', code: 'wrong_answer' }]));
}

async function showName(
  step: OutsideStep,
  { robotChallenge }: ResetRoom,
  problem: Problem | null,
  loginName: string,
  returnTo: string | null,
): Promise<void> {
  const challenge = robotChallenge === null ? null : await robotChallenge.ask(step.words.language);
  await step.show(
    'reset/name',
    { loginName: loginName.slice(0, 256), challenge, returnTo, problem },
    problem === null ? {} : { status: problem.status },
  );
}
