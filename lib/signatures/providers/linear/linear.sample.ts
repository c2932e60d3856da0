import { newSecret } from '../../samples/new-secret.js';
import type { Occasion } from '../../samples/occasion.js';
import type { ListedProvider } from '../../samples/provider.js';
import { linear as linearScheme } from './linear.js';

const linearIssue = <Action extends string>({ iso, ms, uuid }: Occasion, action: Action) => ({
  action,
  type: 'Issue',
  createdAt: iso,
  webhookTimestamp: ms,
  webhookId: uuid,
  organizationId: uuid,
  data: { id: uuid, identifier: 'ENG-7', title: 'The total is wrong', priority: 2 },
});

export const linear = {
  create: linearScheme,
  newSecret: newSecret.text,
  page: {
    call: '`linear({ secret, toleranceSeconds })`',
    signature: '`Linear-Signature`',
    id: '`Linear-Delivery` ¹',
    type: '`type` and `action`',
    document: 'Webhooks',
  },
  samples: {
    'Issue.create': { payload: (event) => linearIssue(event, 'create') },
    'Issue.update': { payload: (event) => linearIssue(event, 'update') },
  },
} satisfies ListedProvider;
