/** Recent activity: what happened, when, from which kind of device and whereabouts, at which app. */
import type { ActivityEntry } from '../../security-info/activity.ts';
import { coarseAddress } from '../../security-info/network.ts';
import { overviewPath } from '../register/room.ts';
import type { Routes, Step } from '../shell/contract.ts';
import { parseDevice } from '../shell/device.ts';
import type { OwnRoom } from './own-room.ts';

/** One thing that happened, in words. */
export interface ActivityLine {
  readonly what: string;
  readonly at: Date;
  readonly isFailure: boolean;
  /** Who, where it was not the user; how and from where; at which app: each a short text. */
  readonly details: readonly string[];
}

/** All that the page shows. */
export interface ActivityPage {
  readonly lines: readonly ActivityLine[];
}

/** How browsers are called: names are the same in every language. */
const browserNames: Readonly<Record<string, string>> = {
  edge: 'Edge',
  opera: 'Opera',
  samsung_internet: 'Samsung Internet',
  firefox: 'Firefox',
  chrome: 'Chrome',
  safari: 'Safari',
};

/** Mounts the page. */
export function activityRoutes(routes: Routes, room: OwnRoom): void {
  routes.get(`${overviewPath}/activity`, ['security_info'], async (step) => {
    const entries = await room.ownDesk.recentActivity(await room.visitOf(step));
    const page: ActivityPage = { lines: entries.map((entry) => lineOf(step, entry)) };
    await step.show('manage/activity', page);
  });
}

function lineOf(step: Step, entry: ActivityEntry): ActivityLine {
  const { words } = step;
  const { type, at, result, methodType } = entry;
  const what = words.text(`activity.event.${type}`);
  const details = [
    methodType === null ? null : words.text(`method.type.${methodType}.name`),
    actorOf(step, entry),
    deviceIn(step, entry),
    entry.callerAddress === null ? null : placeOf(step, entry.callerAddress),
    appOf(step, entry),
  ];
  return { what, at, isFailure: result === 'failure', details: details.filter((one) => one !== null) };
}

function actorOf({ words }: Step, { actor }: ActivityEntry): string | null {
  if (actor === 'user') return null;
  return words.text(actor.startsWith('job:') ? 'activity.by_service' : 'activity.by_admin');
}

function deviceIn({ words }: Step, { device }: ActivityEntry): string | null {
  const parsed = device === null ? null : parseDevice(device);
  if (parsed === null) return null;
  const browser = browserNames[parsed.browser] ?? words.text('activity.other_browser');
  return words.text(`activity.device.${parsed.kind}`, { browser });
}

function placeOf({ words }: Step, callerAddress: string): string | null {
  const address = coarseAddress(callerAddress);
  return address === null ? null : words.text('activity.address', { address });
}

function appOf({ words, interaction }: Step, { clientId, clientName }: ActivityEntry): string | null {
  if (clientId === null) return null;
  // The app of this very sign-in is known by its name, whether or not it is kept in the store.
  const isHere = clientId === interaction.client.clientId;
  return words.text('activity.app', { app: clientName ?? (isHere ? interaction.client.name : clientId) });
}
