import { newSecret } from '../../samples/new-secret.js';
import type { Provider } from '../../samples/provider.js';
import { typeform as typeformScheme } from './typeform.js';

export const typeform = {
  create: typeformScheme,
  newSecret: newSecret.text,
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
} satisfies Provider;
