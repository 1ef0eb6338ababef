/** `npm run docs`: writes the generated pages. A test holds them and the code together. */
import { writeFileSync } from 'node:fs';
import { generatedPages, root } from './pages.ts';

for (const [path, page] of generatedPages()) writeFileSync(new URL(path, root), page);
