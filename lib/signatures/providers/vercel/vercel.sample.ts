import { newSecret } from '../../samples/new-secret.js';
import type { ListedProvider } from '../../samples/provider.js';
import { vercel as vercelScheme } from './vercel.js';

export const vercel = {
  create: vercelScheme,
  newSecret: newSecret.text,
  page: {
    call: '`vercel({ secret })`',
    signature: '`X-Vercel-Signature`',
    id: '`id`',
    type: '`type`',
    document: 'Securing webhooks',
  },
  samples: {
    'deployment.succeeded': {
      payload: ({ id, ms }) => ({
        id,
        type: 'deployment.succeeded',
        createdAt: ms,
        payload: {
          deployment: { id: 'dpl_hookline1', name: 'shop', url: 'shop.example.com' },
          project: { id: 'prj_hookline1' },
        },
      }),
    },
  },
} satisfies ListedProvider;
