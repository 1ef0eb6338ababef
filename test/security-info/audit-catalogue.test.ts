/** Every event has its name, its category and its words, in every language; and what a policy change tells. */
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { languages, loadTranslators } from '../../locales/translator.ts';
import {
  activityKey,
  activityName,
  auditCatalogue,
  auditCategories,
} from '../../security-info/audit-catalogue.ts';
import { eventTypes } from '../../security-info/events.ts';
import { defaultPolicy } from '../../security-info/policy.ts';
import { policyChanges } from '../../security-info/policy-changes.ts';

const translators = loadTranslators(fileURLToPath(new URL('../../locales', import.meta.url)));

test.each(languages)('every event has a name and a description in %s', (language) => {
  const words = translators.in(language);
  for (const type of eventTypes) {
    expect(words.text(`audit.description.${type}`).length).toBeGreaterThan(10);
    for (const actor of ['user', 'cli']) expect(words.text(activityKey({ type, actor }) ?? '')).not.toBe('');
  }
  for (const category of auditCategories) expect(words.text(`audit.category.${category}`)).not.toBe('');
});

test('the English names are those of the catalogue, and no two events share one', () => {
  const words = translators.in('en');
  const names = eventTypes.flatMap((type) => {
    for (const actor of ['user', 'admin:ada', 'client:app', 'cli', 'job:x']) {
      expect(words.text(activityKey({ type, actor }) ?? '')).toBe(activityName({ type, actor }));
    }
    return [auditCatalogue[type].name, auditCatalogue[type].byAdmin ?? []].flat();
  });
  expect(new Set(names).size).toBe(names.length);
});

test('names are those that admins know, by who did it', () => {
  expect(activityName({ type: 'method_removed', actor: 'user' })).toBe('User deleted security info');
  for (const actor of ['admin:ada', 'client:app', 'cli']) {
    expect(activityName({ type: 'method_removed', actor })).toBe('Admin deleted security info');
  }
  expect(activityName({ type: 'reset_blocked', actor: 'user' })).toBe(
    'Blocked from self-service password reset',
  );
});

test('what a newer release has written is called by its type', () => {
  expect(activityName({ type: 'toString', actor: 'user' })).toBe('toString');
  expect(activityKey({ type: 'toString', actor: 'user' })).toBeNull();
});

describe('the changes of a policy', () => {
  const before = { ...defaultPolicy(), version: 3 };

  test('are the settings that differ, before and after', () => {
    const after = { ...before, version: 4, methodsToRegister: 1, scope: { kind: 'none' as const } };
    expect(policyChanges(before, after)).toEqual([
      { setting: 'scope', before: { kind: 'everyone' }, after: { kind: 'none' } },
      { setting: 'methodsToRegister', before: 2, after: 1 },
    ]);
    expect(policyChanges(before, structuredClone(before))).toEqual([]);
  });

  test('of one that is made or removed are all that it says', () => {
    const policy = { ...before, id: 'staff', appliesToGroups: ['staff'] };
    expect(policyChanges(null, policy)).toContainEqual({
      setting: 'appliesToGroups',
      before: null,
      after: ['staff'],
    });
    expect(policyChanges(policy, null)).toContainEqual({
      setting: 'methodsToRegister',
      before: 2,
      after: null,
    });
    expect(policyChanges(policy, null).map(({ setting }) => setting)).not.toContain('version');
  });
});
