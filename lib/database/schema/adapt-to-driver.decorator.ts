import type { DataSource, EntityMetadata } from 'typeorm';
import type { IndexMetadata } from 'typeorm/metadata/IndexMetadata.js';
import { indexName } from './index-name.js';
import { schemaDialectOf } from './schema-dialect.factory.js';

/**
 * Adapts the columns and indexes of an entity to the data source that it is used with. TypeORM has no options
 * for one driver or data source only. It calls an entity's class before it synchronizes the schema, provided
 * that the class has the static methods of TypeORM's `BaseEntity`.
 *
 * @internal
 */
export function AdaptToDriver(): ClassDecorator {
  return (target) => {
    const statics = {
      hasId: () => true,
      save: () => undefined,
      useDataSource: (dataSource: DataSource) => adapt(dataSource, dataSource.getMetadata(target)),
    };
    for (const [name, value] of Object.entries(statics)) {
      Object.defineProperty(target, name, { value, enumerable: false });
    }
  };
}

function adapt(dataSource: DataSource, metadata: EntityMetadata): void {
  for (const index of metadata.indices) {
    if (index.givenName !== undefined) index.name = indexName(dataSource, index.givenName);
  }
  const dialect = schemaDialectOf(dataSource);
  if (!dialect.hasPartialIndexes) metadata.indices = withoutRepeated(metadata.indices);
  dialect.adaptColumns(dataSource, metadata);
}

/** Without conditions, the index over what another one leaves out would be that other index again. */
function withoutRepeated(indices: readonly IndexMetadata[]): IndexMetadata[] {
  return indices.filter(({ where }) => where?.includes(' IS NULL') !== true);
}
