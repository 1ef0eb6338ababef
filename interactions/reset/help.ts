/** When nothing works: the helpdesk, or a message that reaches the admins; told the same whoever asks. */
import { InvalidInput, TooManySends } from '../../security-info/errors.ts';
import { attempt, type Problem } from '../register/room.ts';
import type { OutsideFormStep, OutsideRoutes, OutsideStep } from '../shell/outside-routes.ts';
import { type ResetRoom, visitOf } from './room.ts';

/** Mounts the page that asks for help. */
export function helpRoutes(routes: OutsideRoutes, room: ResetRoom): void {
  routes.get('/help', (step) => showHelp(step, '', null, step.ctx.query['asked'] === 'yes'));
  routes.post('/help', (step) => ask(step, room));
}

async function ask(step: OutsideFormStep, room: ResetRoom): Promise<void> {
  const loginName = (step.form['loginName'] ?? '').slice(0, 1_000);
  const problem = await attempt(
    () => room.resetDesk.askForHelp(visitOf(step, room), loginName),
    [InvalidInput, TooManySends],
  );
  if (problem === null) return step.goTo('/help?asked=yes');
  await showHelp(step, loginName.slice(0, 256), problem, false);
}

async function showHelp(
  step: OutsideStep,
  loginName: string,
  problem: Problem | null,
  isAsked: boolean,
): Promise<void> {
  await step.show(
    'reset/help',
    { loginName, problem, isAsked },
    problem === null ? {} : { status: problem.status },
  );
}
