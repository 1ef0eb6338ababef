/** From the sign-in page to the reset: the name is carried over in the flow, never in an address. */
import { type ResetRoom, resetPath, visitOf } from '../reset/room.ts';
import type { Routes } from '../shell/contract.ts';
import type { OutsideRoutes } from '../shell/outside-routes.ts';

/** Adds POST `/forgot`: what was typed as a name goes along, and a password that was typed does not. */
export function forgotRoom(
  routes: Routes,
  outside: Pick<OutsideRoutes, 'browserIdOf'>,
  room: ResetRoom,
): void {
  routes.post('/forgot', ['login'], async ({ ctx, base, form, words }) => {
    const visit = visitOf({ ctx, words, browserId: outside.browserIdOf(ctx) }, room);
    const loginName = (form['loginName'] ?? '').slice(0, 1_000);
    // A host that tells people from programs does so on the page of the name.
    const isTaken = loginName.trim() !== '' && room.robotChallenge === null;
    await room.resetDesk.comeFrom(visit, base, isTaken ? loginName : null);
    ctx.status = 303;
    ctx.redirect(resetPath);
  });
}
