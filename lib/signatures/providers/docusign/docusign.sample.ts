import { newSecret } from '../../samples/new-secret.js';
import type { ListedProvider } from '../../samples/provider.js';
import { docusign as docusignScheme } from './docusign.js';

export const docusign = {
  create: docusignScheme,
  newSecret: newSecret.base64,
  page: {
    call: '`docusign({ secret })`',
    signature: '`X-DocuSign-Signature-1` …',
    id: 'joins time, envelope, recipient, type',
    type: '`event`',
    document: 'Validate HMAC signatures on Connect messages',
  },
  samples: {
    'envelope-completed': {
      payload: ({ uuid, iso }) => ({
        event: 'envelope-completed',
        apiVersion: 'v2.1',
        generatedDateTime: iso,
        data: { accountId: 'hookline', envelopeId: uuid, envelopeSummary: { status: 'completed' } },
      }),
    },
  },
} satisfies ListedProvider;
