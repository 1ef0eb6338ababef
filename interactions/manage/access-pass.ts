/** The way on for who can prove no method: a pass that an administrator gives. What it permits is the Desk's. */
import { InvalidInput, TooManyWrongProofs, WrongCode } from '../../security-info/errors.ts';
import type { Errand } from '../register/errand.ts';
import { errandPath, errandText, parseErrand } from '../register/errand.ts';
import { goOnAsAdmin } from '../register/register.ts';
import type { Problem, SecurityInfoRoom } from '../register/room.ts';
import { attempt, overviewPath, problemOf, queryOf } from '../register/room.ts';
import type { Routes, Step } from '../shell/contract.ts';

/** Longer than any pass that is given out. */
const maximumLength = 200;

/** All that the page shows on which an access pass is typed. */
export interface AccessPassPage {
  readonly errand: Errand;
  readonly next: string;
  readonly canProve: boolean;
  readonly closedUntilAt: Date | null;
  readonly problem: Problem | null;
}

/** Mounts the page for an access pass. */
export function accessPassRoutes(routes: Routes, room: SecurityInfoRoom): void {
  const path = `${overviewPath}/access-pass`;
  routes.get(path, ['security_info'], (step) =>
    showPage(step, room, parseErrand(queryOf(step, 'next')), null),
  );
  routes.post(path, ['security_info'], async (step) => {
    const errand = parseErrand(step.form['next']);
    const pass = (step.form['pass'] ?? '').trim();
    if (pass === '' || pass.length > maximumLength) {
      const code = pass === '' ? 'required' : 'too_long';
      const values = { maximum: maximumLength };
      return showPage(step, room, errand, problemOf(new InvalidInput([{ field: 'pass', code, values }])));
    }
    const visit = await room.visitOf(step);
    const problem = await attempt(
      () => room.desk.useAccessPass(visit, pass),
      [TooManyWrongProofs, WrongCode],
    );
    if (problem?.code === 'wrong_code') {
      return showPage(step, room, errand, { ...problem, fields: [{ field: 'pass', code: 'wrong_pass' }] });
    }
    if (problem !== null) return showPage(step, room, errand, problem);
    if (errand.kind === 'admin' && (await goOnAsAdmin(step, room))) return;
    step.goTo(errand.kind === 'overview' ? `${overviewPath}?done=access_pass` : errandPath(errand));
  });
}

async function showPage(
  step: Step,
  room: SecurityInfoRoom,
  errand: Errand,
  problem: Problem | null,
): Promise<void> {
  const overview = await room.desk.overview(await room.visitOf(step));
  const page: AccessPassPage = {
    errand,
    next: errandText(errand),
    canProve: overview.canProve,
    closedUntilAt: overview.closedUntilAt,
    problem,
  };
  await step.show('manage/access-pass', page, problem === null ? {} : { status: problem.status });
}
