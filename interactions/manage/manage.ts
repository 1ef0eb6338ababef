/** What a user does with methods that are there: prove one, show an access pass, remove one. */
import type { SecurityInfoRoom } from '../register/room.ts';
import type { Routes } from '../shell/contract.ts';
import { accessPassRoutes } from './access-pass.ts';
import { proveRoutes } from './prove.ts';
import { removeRoutes } from './remove.ts';

/** Mounts the pages about registered and prefilled methods; the overview is the register room's. */
export function manageRoom(routes: Routes, room: SecurityInfoRoom): void {
  proveRoutes(routes, room);
  accessPassRoutes(routes, room);
  removeRoutes(routes, room);
}
