"""Every product gets its first variant, and triggers keep what products say about their variants, and past prices.

See docs/decisions/0018-variants.md. `catalog_sum_up` locks the products before it reads their variants: otherwise two
transactions that change two variants of a product would each miss the other's change.
"""

import django.db.models.deletion
from django.db import migrations, models

CREATE_VARIANT_TRIGGERS = """
CREATE FUNCTION catalog_sum_up(products bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM catalog_product WHERE id = ANY(products) ORDER BY id FOR NO KEY UPDATE;
    UPDATE catalog_product product
    SET price_minor = sums.price, prices_vary = sums.vary, stock = sums.stock,
        updated_at = CASE WHEN product.prices_vary = sums.vary THEN product.updated_at ELSE now() END
    FROM (
        SELECT product_id,
            coalesce(min(price_minor) FILTER (WHERE sellable > 0), min(price_minor) FILTER (WHERE is_active),
                min(price_minor)) AS price,
            CASE WHEN max(sellable) > 0
                THEN min(price_minor) FILTER (WHERE sellable > 0) < max(price_minor) FILTER (WHERE sellable > 0)
                ELSE coalesce(min(price_minor) FILTER (WHERE is_active) < max(price_minor) FILTER (WHERE is_active), false)
            END AS vary,
            least(sum(sellable), 1000000000)::integer AS stock
        FROM (
            SELECT product_id, price_minor, is_active,
                CASE WHEN NOT is_active THEN 0 WHEN is_counted THEN stock ELSE 1000000000 END::bigint AS sellable
            FROM catalog_variant WHERE product_id = ANY(products)
        ) variant
        GROUP BY product_id
    ) sums
    WHERE product.id = sums.product_id
        AND (product.price_minor, product.prices_vary, product.stock) IS DISTINCT FROM (sums.price, sums.vary, sums.stock);
END $$;

CREATE FUNCTION catalog_sum_up_written() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM catalog_sum_up(ARRAY(SELECT DISTINCT product_id FROM written));
    RETURN NULL;
END $$;
CREATE FUNCTION catalog_sum_up_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM catalog_sum_up(ARRAY(
        SELECT DISTINCT written.product_id FROM written JOIN before USING (id)
        WHERE (written.price_minor, written.stock, written.is_active, written.is_counted)
            IS DISTINCT FROM (before.price_minor, before.stock, before.is_active, before.is_counted)
    ));
    RETURN NULL;
END $$;
CREATE TRIGGER catalog_sum_up_new AFTER INSERT ON catalog_variant REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_sum_up_written();
CREATE TRIGGER catalog_sum_up_deleted AFTER DELETE ON catalog_variant REFERENCING OLD TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_sum_up_written();
CREATE TRIGGER catalog_sum_up_changed AFTER UPDATE ON catalog_variant REFERENCING OLD TABLE AS before NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_sum_up_changed();

CREATE FUNCTION catalog_add_first_variant() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    variant bigint;
BEGIN
    INSERT INTO catalog_variant (product_id, price_minor, stock) VALUES (NEW.id, NEW.price_minor, NEW.stock)
    RETURNING id INTO variant;
    IF NEW.stock <> 0 THEN
        INSERT INTO catalog_stockmovement (product_id, variant_id, kind, change, stock_after, reason, created_at)
        VALUES (NEW.id, variant, 'opening', NEW.stock, NEW.stock, '', now());
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER catalog_first_variant AFTER INSERT ON catalog_product
    FOR EACH ROW WHEN (current_setting('catalog.variants_follow', true) IS DISTINCT FROM 'on')
    EXECUTE FUNCTION catalog_add_first_variant();

CREATE FUNCTION catalog_pass_to_variant() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changed integer;
BEGIN
    UPDATE catalog_variant SET price_minor = NEW.price_minor,
        stock = CASE WHEN is_counted THEN stock + NEW.stock - OLD.stock ELSE stock END
    WHERE product_id = NEW.id AND NOT EXISTS (
        SELECT FROM catalog_variant other WHERE other.product_id = NEW.id AND other.id <> catalog_variant.id
    );
    GET DIAGNOSTICS changed = ROW_COUNT;
    IF changed <> 1 THEN
        RAISE EXCEPTION 'The price and stock of product % are those of its variants.', NEW.id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER catalog_pass_to_variant AFTER UPDATE OF price_minor, stock ON catalog_product FOR EACH ROW
    WHEN (pg_trigger_depth() = 0 AND (OLD.price_minor, OLD.stock) IS DISTINCT FROM (NEW.price_minor, NEW.stock))
    EXECUTE FUNCTION catalog_pass_to_variant();

CREATE FUNCTION catalog_name_first_variant() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.variant_id := (SELECT min(id) FROM catalog_variant WHERE product_id = NEW.product_id);
    RETURN NEW;
END $$;
CREATE TRIGGER catalog_movement_variant BEFORE INSERT ON catalog_stockmovement
    FOR EACH ROW WHEN (NEW.variant_id IS NULL) EXECUTE FUNCTION catalog_name_first_variant();

CREATE FUNCTION catalog_find_reference() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.reference_minor := NULL;
    IF NEW.price_minor < OLD.price_minor THEN
        SELECT min(price_minor) INTO NEW.reference_minor FROM (
            SELECT price_minor, was_offered, changed_at,
                lead(changed_at, 1, statement_timestamp()) OVER (ORDER BY changed_at, id) AS ended_at
            FROM catalog_pricechange WHERE variant_id = NEW.id
        ) history
        WHERE was_offered AND ended_at > changed_at AND ended_at > statement_timestamp() - interval '30 days';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER catalog_reference BEFORE UPDATE OF price_minor ON catalog_variant
    FOR EACH ROW WHEN (OLD.price_minor <> NEW.price_minor) EXECUTE FUNCTION catalog_find_reference();

CREATE FUNCTION catalog_record_price() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO catalog_pricechange (variant_id, price_minor, was_offered, changed_at)
    SELECT NEW.id, NEW.price_minor, NEW.is_active AND is_active, statement_timestamp()
    FROM catalog_product WHERE id = NEW.product_id;
    RETURN NULL;
END $$;
CREATE TRIGGER catalog_first_price AFTER INSERT ON catalog_variant
    FOR EACH ROW EXECUTE FUNCTION catalog_record_price();
CREATE TRIGGER catalog_new_price AFTER UPDATE OF price_minor, is_active ON catalog_variant FOR EACH ROW
    WHEN ((OLD.price_minor, OLD.is_active) IS DISTINCT FROM (NEW.price_minor, NEW.is_active))
    EXECUTE FUNCTION catalog_record_price();

CREATE FUNCTION catalog_record_prices() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO catalog_pricechange (variant_id, price_minor, was_offered, changed_at)
    SELECT id, price_minor, is_active AND NEW.is_active, statement_timestamp()
    FROM catalog_variant WHERE product_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER catalog_offered AFTER UPDATE OF is_active ON catalog_product
    FOR EACH ROW WHEN (OLD.is_active <> NEW.is_active) EXECUTE FUNCTION catalog_record_prices();
"""

DROP_VARIANT_TRIGGERS = """
DROP TRIGGER catalog_offered ON catalog_product; DROP FUNCTION catalog_record_prices();
DROP TRIGGER catalog_new_price ON catalog_variant; DROP TRIGGER catalog_first_price ON catalog_variant;
DROP FUNCTION catalog_record_price();
DROP TRIGGER catalog_reference ON catalog_variant; DROP FUNCTION catalog_find_reference();
DROP TRIGGER catalog_movement_variant ON catalog_stockmovement;
DROP TRIGGER catalog_pass_to_variant ON catalog_product; DROP FUNCTION catalog_pass_to_variant();
DROP TRIGGER catalog_first_variant ON catalog_product; DROP FUNCTION catalog_add_first_variant();
DROP TRIGGER catalog_sum_up_changed ON catalog_variant; DROP FUNCTION catalog_sum_up_changed();
DROP TRIGGER catalog_sum_up_deleted ON catalog_variant; DROP TRIGGER catalog_sum_up_new ON catalog_variant;
DROP FUNCTION catalog_sum_up_written(); DROP FUNCTION catalog_sum_up(bigint[]);
DROP FUNCTION catalog_name_first_variant();
"""

GIVE_EXISTING_PRODUCTS_A_VARIANT = """
INSERT INTO catalog_variant (product_id, price_minor, stock) SELECT id, price_minor, stock FROM catalog_product;
UPDATE catalog_stockmovement movement SET variant_id = variant.id
FROM catalog_variant variant WHERE variant.product_id = movement.product_id;
INSERT INTO catalog_stockmovement (product_id, variant_id, kind, change, stock_after, reason, created_at)
SELECT variant.product_id, variant.id, 'opening', variant.stock - moved.sum, variant.stock, '', now()
FROM catalog_variant variant, LATERAL (
    SELECT coalesce(sum(change), 0) AS sum FROM catalog_stockmovement WHERE variant_id = variant.id
) moved
WHERE variant.stock <> moved.sum;
INSERT INTO catalog_pricechange (variant_id, price_minor, was_offered, changed_at)
SELECT variant.id, variant.price_minor, product.is_active, product.created_at
FROM catalog_variant variant JOIN catalog_product product ON product.id = variant.product_id;
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0009_variants")]

    operations = [
        # Orders of the version before wait until the variants have taken over the stock.
        migrations.RunSQL("LOCK TABLE catalog_product IN SHARE ROW EXCLUSIVE MODE", migrations.RunSQL.noop),
        migrations.RunSQL(GIVE_EXISTING_PRODUCTS_A_VARIANT, migrations.RunSQL.noop),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="stockmovement",
            name="variant",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="stock_movements",
                to="catalog.variant",
                verbose_name="variant",
            ),
        ),
        migrations.RunSQL(CREATE_VARIANT_TRIGGERS, DROP_VARIANT_TRIGGERS),
    ]
