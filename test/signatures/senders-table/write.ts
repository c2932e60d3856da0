// Writes the table of senders into its page: npm run senders:table
import { readFileSync, writeFileSync } from 'node:fs';
import { PAGE, withTable } from './senders-table.js';

writeFileSync(PAGE, withTable(readFileSync(PAGE, 'utf8')));
