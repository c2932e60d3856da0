import { newSecret } from '../../samples/new-secret.js';
import type { Provider } from '../../samples/provider.js';
import { docusign as docusignScheme } from './docusign.js';

export const docusign = {
  create: docusignScheme,
  newSecret: newSecret.base64,
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
} satisfies Provider;
