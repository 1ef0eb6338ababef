/** What a user does with an account of their own, apart from its methods' proofs: names, activity, signing out, password. */
import type { Routes } from '../shell/contract.ts';
import { activityRoutes } from './activity.ts';
import { changePasswordRoutes } from './change-password.ts';
import { nameRoutes } from './name.ts';
import type { OwnRoom } from './own-room.ts';
import { signOutElsewhereRoutes } from './sign-out-elsewhere.ts';

/** Mounts the pages that the user's own page leads to. */
export function ownRoom(routes: Routes, room: OwnRoom): void {
  nameRoutes(routes, room);
  activityRoutes(routes, room);
  signOutElsewhereRoutes(routes, room);
  changePasswordRoutes(routes, room);
}
