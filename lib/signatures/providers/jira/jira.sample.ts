import { newSecret } from '../../samples/new-secret.js';
import type { ListedProvider } from '../../samples/provider.js';
import { jira as jiraScheme } from './jira.js';

export const jira = {
  create: jiraScheme,
  newSecret: newSecret.text,
  page: {
    call: '`jira({ secret })`',
    signature: '`X-Hub-Signature`',
    id: '`X-Atlassian-Webhook-Identifier` ¹',
    type: '`webhookEvent`',
    document: 'Webhooks',
  },
  samples: {
    'jira:issue_created': {
      payload: ({ ms }) => ({
        webhookEvent: 'jira:issue_created',
        timestamp: ms,
        user: { accountId: 'hookline1', displayName: 'Jane Doe' },
        issue: { id: '7001', key: 'SHOP-7', fields: { summary: 'The total is wrong' } },
      }),
    },
  },
} satisfies ListedProvider;
