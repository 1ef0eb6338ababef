/** Signing out everywhere else: a page that asks, then the deed. This sign-in goes on. */
import { overviewPath } from '../register/room.ts';
import type { Routes } from '../shell/contract.ts';
import { goOnRenewed, type OwnRoom } from './own-room.ts';

/** Mounts the page. It takes no proof: signing others out is always allowed. */
export function signOutElsewhereRoutes(routes: Routes, room: OwnRoom): void {
  const path = `${overviewPath}/sign-out-elsewhere`;
  routes.get(path, ['security_info'], (step) => step.show('manage/sign-out-elsewhere', {}));
  routes.post(path, ['security_info'], async (step) => {
    const renewal = await room.ownDesk.signOutElsewhere(await room.visitOf(step));
    await goOnRenewed(step, room, renewal, 'signed_out');
  });
}
