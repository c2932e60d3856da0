import { newSecret } from '../../samples/new-secret.js';
import type { Provider } from '../../samples/provider.js';
import { jira as jiraScheme } from './jira.js';

export const jira = {
  create: jiraScheme,
  newSecret: newSecret.text,
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
} satisfies Provider;
