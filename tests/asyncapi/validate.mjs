// Validates the AsyncAPI document that is named on the command line; prints every finding, exit code 1 on an error.

import { Parser, fromFile } from '@asyncapi/parser';

const { document, diagnostics } = await fromFile(new Parser(), process.argv[2]).parse();
for (const { severity, path, message } of diagnostics) {
  console.log(`${severity === 0 ? 'error' : 'note'} ${path.join('.')}: ${message}`);
}
if (document === undefined || diagnostics.some(({ severity }) => severity === 0)) {
  process.exit(1);
}
console.log(`valid: AsyncAPI ${document.version()}, ${document.allMessages().length} messages`);
