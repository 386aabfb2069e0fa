"""Products have the values of their variants' options in one text, which a trigger keeps and search reads."""

from django.db import migrations, models

CREATE = """
CREATE FUNCTION catalog_list_options(products bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM catalog_product WHERE id = ANY(products) ORDER BY id FOR NO KEY UPDATE;
    UPDATE catalog_product product SET option_words = list.words
    FROM (
        SELECT id, coalesce(
            (SELECT string_agg(value, ' ' ORDER BY value) FROM (
                SELECT DISTINCT value COLLATE "C" AS value
                FROM catalog_variant variant, unnest(variant.option_values) value
                WHERE variant.product_id = listed.id AND variant.is_active
            ) offered), '') AS words
        FROM unnest(products) listed (id)
    ) list
    WHERE product.id = list.id AND product.option_words IS DISTINCT FROM list.words;
END $$;

CREATE FUNCTION catalog_list_options_written() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM catalog_list_options(ARRAY(SELECT DISTINCT product_id FROM written WHERE option_values <> '{}'));
    RETURN NULL;
END $$;
CREATE FUNCTION catalog_list_options_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM catalog_list_options(ARRAY(
        SELECT DISTINCT written.product_id FROM written JOIN before USING (id)
        WHERE (written.option_values, written.is_active) IS DISTINCT FROM (before.option_values, before.is_active)
    ));
    RETURN NULL;
END $$;
CREATE TRIGGER catalog_list_options_new AFTER INSERT ON catalog_variant REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_list_options_written();
CREATE TRIGGER catalog_list_options_deleted AFTER DELETE ON catalog_variant REFERENCING OLD TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_list_options_written();
CREATE TRIGGER catalog_list_options_changed AFTER UPDATE ON catalog_variant
    REFERENCING OLD TABLE AS before NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_list_options_changed();
"""
DROP = """
DROP TRIGGER catalog_list_options_changed ON catalog_variant; DROP FUNCTION catalog_list_options_changed();
DROP TRIGGER catalog_list_options_deleted ON catalog_variant; DROP TRIGGER catalog_list_options_new ON catalog_variant;
DROP FUNCTION catalog_list_options_written(); DROP FUNCTION catalog_list_options(bigint[]);
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0022_product_exports")]

    operations = [
        migrations.AddField(
            model_name="product",
            name="option_words",
            field=models.TextField(blank=True, db_default="", default="", editable=False),
        ),
        migrations.RunSQL(CREATE, DROP),
    ]
