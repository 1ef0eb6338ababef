/** The generated pages are those that the code makes now, and leave nothing out. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { errorsPage, readCatalogue } from '../../docs/errors-page.ts';
import { fillIn, table } from '../../docs/markdown.ts';
import { generatedPages, root } from '../../docs/pages.ts';
import { policyTable, settingsTable } from '../../docs/settings-page.ts';
import { settingDefinitions } from '../../provider/setting-definitions.ts';
import * as errors from '../../security-info/errors.ts';
import { policySchema } from '../../security-info/policy.ts';

test.each([...generatedPages()])('%s is up to date (else: npm run docs)', (path, page) => {
  expect(readFileSync(new URL(path, root), 'utf8')).toBe(page);
});

test('every setting of the environment and of a policy has its row', () => {
  for (const { name } of Object.values(settingDefinitions))
    expect(settingsTable()).toContain(`\n| \`${name}\` |`);
  const rows = policyTable();
  for (const name of Object.keys(policySchema.shape).filter((one) => one !== 'id' && one !== 'version')) {
    expect(rows).toContain(`\n| \`${name}\` |`);
  }
  expect(rows).not.toContain('undefined');
});

test('every class of the catalogue has a section with its code as anchor', () => {
  const classes = Object.keys(errors).filter((name) => name !== 'SecurityInfoError');
  const catalogue = readCatalogue(root);
  expect(catalogue.map(({ className }) => className)).toEqual(classes);
  for (const { code } of catalogue) expect(errorsPage(root)).toContain(`\n## ${code}\n`);
});

describe('filling in', () => {
  test('replaces what stands between the marks, whatever it was', () => {
    const page = 'a\n<!-- settings -->\nold\n<!-- /settings -->\nb';
    const filled = fillIn(page, 'settings', 'new $& text');
    expect(filled).toBe('a\n<!-- settings -->\nnew $& text\n<!-- /settings -->\nb');
    expect(fillIn(filled, 'settings', 'new $& text')).toBe(filled);
  });

  test('leaves a page without marks alone', () => {
    expect(fillIn('a', 'settings', 'new')).toBe('a');
    expect(fillIn('<!-- settings -->', 'settings', 'new')).toBe('<!-- settings -->');
  });
});

test('a table keeps what would end its cells', () => {
  expect(table(['a'], [['strict|grace\nor']])).toBe('| a |\n| --- |\n| strict\\|grace or |');
});
