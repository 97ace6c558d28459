//! Whether a provider and its offer meet what an order asks for.
