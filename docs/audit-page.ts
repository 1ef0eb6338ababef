/** docs/audit-events.md: every type of event, from security-info/audit-catalogue.ts and locales/en/audit.json. */
import { fileURLToPath } from 'node:url';
import { loadTranslators } from '../locales/translator.ts';
import { auditCatalogue, auditCategories } from '../security-info/audit-catalogue.ts';
import { eventTypes } from '../security-info/events.ts';
import { code, table } from './markdown.ts';

/** The whole page. */
export function auditPage(root: URL): string {
  const words = loadTranslators(fileURLToPath(new URL('locales', root))).in('en');
  const sections = auditCategories.map((category) => {
    const rows = eventTypes
      .filter((type) => auditCatalogue[type].category === category)
      .map((type) => {
        const { name, byAdmin } = auditCatalogue[type];
        const names = byAdmin === undefined ? name : `${name}; by an admin: ${byAdmin}`;
        return [code(type), names, words.text(`audit.description.${type}`)];
      });
    const title = `## ${words.text(`audit.category.${category}`)} (${code(category)})`;
    return `${title}\n\n${table(['Type', 'Activity', 'What happened'], rows)}`;
  });
  return `<!-- Made by \`npm run docs\` from security-info/audit-catalogue.ts and locales/en/audit.json: change those. -->
# Audit events

What the audit log holds: who did it (\`actor\`: \`user\`, \`admin:<account id>\`, \`client:<client id>\`, \`cli\`,
\`job:<name>\`), to whom (\`accountId\`), when (\`at\`), from where (\`callerAddress\`, \`device\`), through which client
(\`clientId\`), with which \`result\` and \`reason\`. No entry holds a secret, a code, a number or an address that is
registered. Entries are added and never changed. A changed policy lists each setting before and after (\`changes\`).

\`npx oidc-security-info audit list\` shows them, \`audit export\` writes them as JSON Lines.

${sections.join('\n\n')}
`;
}
