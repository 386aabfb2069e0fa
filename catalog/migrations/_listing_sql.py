"""What PostgreSQL keeps of listings: what is on sale, and whose the variants are.

`catalog_decide_sale` decides whether a product is on sale each time that one of the columns is written on which that
depends. A process of the version before writes `is_active` for what is now `is_listed`. A product that is added waits
for a suspension of its merchant that is under way, and the suspension for it. `catalog_follow_merchant` locks variants
before products, as orders do.
"""

CREATE_LISTING_TRIGGERS = """
CREATE FUNCTION catalog_decide_sale() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    is_approved boolean := true;
BEGIN
    IF TG_OP = 'INSERT' THEN
        NEW.is_listed := NEW.is_listed AND NEW.is_active;
        IF NEW.merchant_id <> 1 THEN
            SELECT state = 'approved' INTO is_approved FROM catalog_merchant WHERE id = NEW.merchant_id FOR SHARE;
        END IF;
    ELSE
        IF NEW.is_active <> OLD.is_active AND NEW.is_listed = OLD.is_listed THEN
            NEW.is_listed := NEW.is_active;
        END IF;
        IF NEW.merchant_id <> 1 THEN
            SELECT state = 'approved' INTO is_approved FROM catalog_merchant WHERE id = NEW.merchant_id;
        END IF;
    END IF;
    NEW.is_active := NEW.is_listed AND NEW.is_reviewed AND coalesce(is_approved, false);
    RETURN NEW;
END $$;
CREATE TRIGGER catalog_decide_new_sale BEFORE INSERT ON catalog_product
    FOR EACH ROW EXECUTE FUNCTION catalog_decide_sale();
CREATE TRIGGER catalog_decide_sale BEFORE UPDATE OF is_active, is_listed, is_reviewed, merchant_id ON catalog_product
    FOR EACH ROW EXECUTE FUNCTION catalog_decide_sale();

DROP TRIGGER catalog_offered ON catalog_product;
CREATE TRIGGER catalog_offered AFTER UPDATE ON catalog_product
    FOR EACH ROW WHEN (OLD.is_active <> NEW.is_active) EXECUTE FUNCTION catalog_record_prices();

CREATE FUNCTION catalog_follow_merchant() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM catalog_variant variant JOIN catalog_product product ON product.id = variant.product_id
    WHERE product.merchant_id = NEW.id ORDER BY variant.product_id, variant.id FOR KEY SHARE OF variant;
    PERFORM FROM catalog_product WHERE merchant_id = NEW.id ORDER BY id FOR NO KEY UPDATE;
    UPDATE catalog_product SET is_listed = is_listed, updated_at = now()
    WHERE merchant_id = NEW.id AND is_listed AND is_reviewed;
    RETURN NULL;
END $$;
CREATE TRIGGER catalog_follow_merchant AFTER UPDATE OF state ON catalog_merchant
    FOR EACH ROW WHEN ((OLD.state = 'approved') <> (NEW.state = 'approved')) EXECUTE FUNCTION catalog_follow_merchant();

CREATE FUNCTION catalog_name_merchant() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.merchant_id := coalesce((SELECT merchant_id FROM catalog_product WHERE id = NEW.product_id), NEW.merchant_id);
    RETURN NEW;
END $$;
CREATE TRIGGER catalog_name_merchant BEFORE INSERT OR UPDATE OF product_id, merchant_id ON catalog_variant
    FOR EACH ROW EXECUTE FUNCTION catalog_name_merchant();
CREATE FUNCTION catalog_pass_merchant() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE catalog_variant SET merchant_id = NEW.merchant_id WHERE product_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER catalog_pass_merchant AFTER UPDATE ON catalog_product
    FOR EACH ROW WHEN (OLD.merchant_id <> NEW.merchant_id) EXECUTE FUNCTION catalog_pass_merchant();
"""

DROP_LISTING_TRIGGERS = """
DROP TRIGGER catalog_pass_merchant ON catalog_product; DROP FUNCTION catalog_pass_merchant();
DROP TRIGGER catalog_name_merchant ON catalog_variant; DROP FUNCTION catalog_name_merchant();
DROP TRIGGER catalog_follow_merchant ON catalog_merchant; DROP FUNCTION catalog_follow_merchant();
DROP TRIGGER catalog_offered ON catalog_product;
CREATE TRIGGER catalog_offered AFTER UPDATE OF is_active ON catalog_product
    FOR EACH ROW WHEN (OLD.is_active <> NEW.is_active) EXECUTE FUNCTION catalog_record_prices();
DROP TRIGGER catalog_decide_sale ON catalog_product; DROP TRIGGER catalog_decide_new_sale ON catalog_product;
DROP FUNCTION catalog_decide_sale();
"""

LIST_WHAT_IS_ON_SALE = "UPDATE catalog_product SET is_listed = false WHERE NOT is_active"
NAME_MERCHANTS_OF_VARIANTS = """
UPDATE catalog_variant variant SET merchant_id = product.merchant_id FROM catalog_product product
WHERE product.id = variant.product_id AND product.merchant_id <> 1
"""
