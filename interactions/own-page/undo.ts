/**
 * The page on which a change of the methods is undone without signing in: a user name and the code of a notice.
 * Opening it changes nothing, and no address holds a code.
 */
import { TooManyWrongProofs, WrongCode } from '../../security-info/errors.ts';
import type { UndoDesk } from '../../security-info/own-desk.ts';
import { attempt, type Problem } from '../register/room.ts';
import { deviceOf } from '../shell/device.ts';
import type { OutsideFormStep, OutsideStep, OutsideTable } from '../shell/outside-routes.ts';
import { ownPagePath } from './own-page.ts';

/** Where the page is, under the own page's address. */
const undoPath = '/undo';

/** All that the page shows. The code is never repeated. */
export interface UndoPage {
  readonly path: string;
  readonly loginName: string;
  readonly problem: Problem | null;
}

const longestName = 256;

/** Adds the page. */
export function undoRoutes(routes: OutsideTable, undoDesk: UndoDesk): void {
  routes.get(undoPath, (step) => showForm(step, '', null));
  routes.post(undoPath, (step) => undo(step, undoDesk));
}

async function undo(step: OutsideFormStep, undoDesk: UndoDesk): Promise<void> {
  const { ctx, form, words } = step;
  const loginName = (form['loginName'] ?? '').slice(0, longestName);
  const asker = {
    callerAddress: ctx.ip,
    clientId: null,
    locale: words.language,
    device: deviceOf(ctx.get('User-Agent')),
  };
  const problem = await attempt(
    () => undoDesk.undo({ loginName, code: form['code'] ?? '' }, asker),
    [WrongCode, TooManyWrongProofs],
  );
  if (problem !== null) return showForm(step, loginName, problem);
  await step.show('own-page/undone', { way: ownPagePath });
}

async function showForm(step: OutsideStep, loginName: string, problem: Problem | null): Promise<void> {
  const page: UndoPage = { path: `${ownPagePath}${undoPath}`, loginName, problem };
  await step.show('own-page/undo', page, problem === null ? {} : { status: problem.status });
}
