import { newSecret } from '../../samples/new-secret.js';
import type { ListedProvider } from '../../samples/provider.js';
import { typeform as typeformScheme } from './typeform.js';

export const typeform = {
  create: typeformScheme,
  newSecret: newSecret.text,
  page: {
    call: '`typeform({ secret })`',
    signature: '`Typeform-Signature`',
    id: '`event_id`',
    type: '`event_type`',
    document: 'Secure your webhooks',
  },
  samples: {
    form_response: {
      payload: ({ id, iso }) => ({
        event_id: id,
        event_type: 'form_response',
        form_response: {
          form_id: 'hookline',
          token: id,
          submitted_at: iso,
          answers: [{ type: 'text', text: 'Very good', field: { id: 'q1', type: 'short_text' } }],
        },
      }),
    },
  },
} satisfies ListedProvider;
