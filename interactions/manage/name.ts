/** Naming a method, and preferring one: neither takes a proof, for neither makes a method prove more than before. */
import type { MethodView } from '../../security-info/desk.ts';
import { InvalidInput } from '../../security-info/errors.ts';
import { longestMethodName } from '../../security-info/transitions/name-method.ts';
import type { Problem } from '../register/room.ts';
import { attempt, methodOf, overviewPath, parameterOf } from '../register/room.ts';
import type { Routes, Step } from '../shell/contract.ts';
import type { OwnRoom } from './own-room.ts';

/** All that the page shows on which a method is named. */
export interface NamePage {
  readonly method: MethodView;
  readonly typed: string;
  readonly maximum: number;
  readonly problem: Problem | null;
}

/** Mounts the page of a method's name, and the buttons that prefer it and take that back. */
export function nameRoutes(routes: Routes, room: OwnRoom): void {
  const path = `${overviewPath}/methods/:id`;
  routes.get(`${path}/name`, ['security_info'], (step) => showPage(step, room, null));
  routes.post(`${path}/name`, ['security_info'], async (step) => {
    const visit = await room.visitOf(step);
    const typed = step.form['name'] ?? '';
    const problem = await attempt(
      () => room.ownDesk.nameMethod(visit, parameterOf(step, 'id'), typed),
      [InvalidInput],
    );
    if (problem === null) step.goTo(`${overviewPath}?done=named`);
    else await showPage(step, room, { typed, problem });
  });
  routes.post(`${path}/prefer`, ['security_info'], async (step) => {
    await room.ownDesk.preferMethod(await room.visitOf(step), parameterOf(step, 'id'));
    step.goTo(`${overviewPath}?done=preferred`);
  });
  routes.post(`${path}/unprefer`, ['security_info'], async (step) => {
    await room.ownDesk.stopPreferring(await room.visitOf(step), parameterOf(step, 'id'));
    step.goTo(`${overviewPath}?done=unpreferred`);
  });
}

async function showPage(
  step: Step,
  room: OwnRoom,
  refused: { readonly typed: string; readonly problem: Problem } | null,
): Promise<void> {
  const method = methodOf(step, await room.desk.overview(await room.visitOf(step)));
  const page: NamePage = {
    method,
    typed: (refused?.typed ?? method.name ?? '').slice(0, 200),
    maximum: longestMethodName,
    problem: refused?.problem ?? null,
  };
  await step.show('manage/name', page, refused === null ? {} : { status: refused.problem.status });
}
