//! Values as MessagePack, the way Terraform's type system writes them.
//!
//! A value is read as the type that the schema declares. Unknown values are extensions
//! (0, or 12 with what is known about them); numbers that are neither whole nor binary fractions
//! travel as decimal text.

use rmp::Marker;
use rmp::decode;
use rmp::encode;

use crate::tfplugin::diagnostic::Step;
use crate::tfplugin::value::{Number, Object, Refinement, Sink, Type, Value};

use super::{Malformed, complete, index};

type Result<T> = std::result::Result<T, Malformed>;

/// Reads a value of type `ty`, which must fill `bytes`.
///
/// # Errors
/// Where the bytes are not such a value.
pub fn decode(bytes: &[u8], ty: &Type) -> Result<Value> {
    let mut rest = bytes;
    let value = read(&mut rest, ty)?;
    if rest.is_empty() {
        return Ok(value);
    }
    Err(Malformed::new(format!("{} bytes follow the value", rest.len())))
}

fn read(rest: &mut &[u8], ty: &Type) -> Result<Value> {
    let whole = *rest;
    let marker = decode::read_marker(rest).map_err(|_| Malformed::new("it ends too early"))?;
    if matches!(marker, Marker::Null) {
        return Ok(Value::Null);
    }
    *rest = whole;
    match marker {
        Marker::FixExt1
        | Marker::FixExt2
        | Marker::FixExt4
        | Marker::FixExt8
        | Marker::FixExt16
        | Marker::Ext8
        | Marker::Ext16
        | Marker::Ext32 => return unknown(rest),
        _ => {}
    }
    match ty {
        Type::Bool => {
            decode::read_bool(rest).map(Value::Bool).map_err(|_| mismatch("a bool", marker))
        }
        Type::String => text(rest, marker).map(Value::String),
        Type::Number => number(rest, marker).map(Value::Number),
        Type::List(element) | Type::Set(element) => {
            let len = decode::read_array_len(rest).map_err(|_| mismatch("a list", marker))?;
            // Each element takes at least a byte: a greater length is invalid.
            let mut elements = Vec::with_capacity((len as usize).min(rest.len()));
            for number in 0..len as usize {
                let element = read(rest, element);
                elements.push(element.map_err(|wrong| wrong.inside(index(number)))?);
            }
            Ok(Value::List(elements))
        }
        Type::Map(element) => {
            let pairs = pairs(rest, marker, |rest, key| {
                read(rest, element).map_err(|wrong| wrong.inside(Step::Key(key.to_owned())))
            });
            pairs.map(Value::Map)
        }
        Type::Object(attributes) => {
            let mut object = pairs(rest, marker, |rest, key| {
                let Some((name, ty)) = attributes.get_key_value(key) else {
                    return Err(Malformed::new(format!("there is no attribute {key:?}")));
                };
                read(rest, ty).map_err(|wrong| wrong.inside(Step::Attribute((*name).into())))
            })?;
            complete(&mut object, attributes);
            Ok(Value::Map(object))
        }
    }
}

fn pairs(
    rest: &mut &[u8],
    marker: Marker,
    mut element: impl FnMut(&mut &[u8], &str) -> Result<Value>,
) -> Result<Object> {
    let len = decode::read_map_len(rest).map_err(|_| mismatch("a map", marker))?;
    let mut object = Object::new();
    for _ in 0..len {
        let marker = rest.first().map_or(Marker::Reserved, |byte| Marker::from_u8(*byte));
        let key = text(rest, marker)?;
        let value = element(rest, &key)?;
        object.insert(key, value);
    }
    Ok(object)
}

fn text(rest: &mut &[u8], marker: Marker) -> Result<String> {
    let len = decode::read_str_len(rest).map_err(|_| mismatch("a string", marker))? as usize;
    let (bytes, tail) =
        rest.split_at_checked(len).ok_or_else(|| Malformed::new("its text ends too early"))?;
    *rest = tail;
    String::from_utf8(bytes.to_vec()).map_err(|_| Malformed::new("its text is not UTF-8"))
}

fn number(rest: &mut &[u8], marker: Marker) -> Result<Number> {
    let bad = || mismatch("a number", marker);
    match marker {
        Marker::F32 => decode::read_f32(rest).map(|n| Number::Float(n.into())).map_err(|_| bad()),
        Marker::F64 => decode::read_f64(rest).map(Number::Float).map_err(|_| bad()),
        Marker::U64 => decode::read_u64(rest).map_err(|_| bad()).map(|number| {
            i64::try_from(number)
                .map_or_else(|_| Number::Decimal(number.to_string().into()), Number::Int)
        }),
        Marker::FixStr(_) | Marker::Str8 | Marker::Str16 | Marker::Str32 => {
            Number::parse(&text(rest, marker)?).map_err(Malformed::new)
        }
        _ => decode::read_int(rest).map(Number::Int).map_err(|_| bad()),
    }
}

fn unknown(rest: &mut &[u8]) -> Result<Value> {
    let cut_off = || Malformed::new("an unknown value is cut off");
    let meta = decode::read_ext_meta(rest).map_err(|_| cut_off())?;
    let (payload, tail) = rest.split_at_checked(meta.size as usize).ok_or_else(cut_off)?;
    *rest = tail;
    Ok(Value::Unknown(Refinement((meta.typeid == REFINED).then(|| payload.into()))))
}

/// The extension type of an unknown value about which something is known.
const REFINED: i8 = 12;

fn mismatch(expected: &str, found: Marker) -> Malformed {
    let found = match found {
        Marker::True | Marker::False => "a bool",
        Marker::FixStr(_) | Marker::Str8 | Marker::Str16 | Marker::Str32 => "a string",
        Marker::FixArray(_) | Marker::Array16 | Marker::Array32 => "a list",
        Marker::FixMap(_) | Marker::Map16 | Marker::Map32 => "a map",
        Marker::Bin8 | Marker::Bin16 | Marker::Bin32 => "bytes",
        Marker::Reserved => "nothing that MessagePack knows",
        _ => "a number",
    };
    Malformed::new(format!("expected {expected}, found {found}"))
}

/// A [`Sink`] of MessagePack.
#[derive(Debug, Default)]
pub struct Writer(pub Vec<u8>);

impl Writer {
    /// What `write` writes.
    pub fn bytes(write: impl FnOnce(&mut dyn Sink)) -> Vec<u8> {
        let mut writer = Self::default();
        write(&mut writer);
        writer.0
    }
}

// Writing to memory cannot fail: the results that are dropped below are always `Ok`.
impl Sink for Writer {
    fn null(&mut self) {
        let _ = encode::write_nil(&mut self.0);
    }
    fn unknown(&mut self, refinement: &Refinement) {
        let (typeid, payload): (i8, &[u8]) = match &refinement.0 {
            Some(payload) => (REFINED, payload),
            None => (0, &[0]),
        };
        let len = u32::try_from(payload.len()).unwrap_or(u32::MAX);
        let _ = encode::write_ext_meta(&mut self.0, len, typeid);
        self.0.extend_from_slice(payload);
    }
    fn bool(&mut self, value: bool) {
        let _ = encode::write_bool(&mut self.0, value);
    }
    fn number(&mut self, number: &Number) {
        match number {
            Number::Int(number) => {
                let _ = encode::write_sint(&mut self.0, *number);
            }
            Number::Float(number) => {
                let _ = encode::write_f64(&mut self.0, *number);
            }
            Number::Decimal(text) => self.string(text),
        }
    }
    fn string(&mut self, text: &str) {
        let _ = encode::write_str(&mut self.0, text);
    }
    fn list(&mut self, len: usize) {
        let _ = encode::write_array_len(&mut self.0, u32::try_from(len).unwrap_or(u32::MAX));
    }
    fn map(&mut self, len: usize) {
        let _ = encode::write_map_len(&mut self.0, u32::try_from(len).unwrap_or(u32::MAX));
    }
    fn key(&mut self, name: &str) {
        self.string(name);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn object() -> Type {
        Type::Object(BTreeMap::from([
            ("name", Type::String),
            ("sizes", Type::List(Box::new(Type::Number))),
            ("tags", Type::Map(Box::new(Type::String))),
            ("on", Type::Bool),
        ]))
    }

    fn round(value: &Value, ty: &Type) -> Value {
        decode(&Writer::bytes(|sink| sink.value(value)), ty).unwrap()
    }

    #[test]
    fn every_kind_of_value_survives_the_wire() {
        let numbers = ["0", "-1", "127", "128", "-129", "9223372036854775807", "-40000"];
        let mut sizes: Vec<_> =
            numbers.iter().map(|n| Value::Number(Number::parse(n).unwrap())).collect();
        sizes.push(Value::Number(Number::Float(0.5)));
        sizes.push(Value::Number(Number::parse("18446744073709551616.25").unwrap()));
        sizes.push(Value::Unknown(Refinement(Some([0x81, 1, 0xc2].into()))));
        let value = Value::Map(Object::from([
            ("name".to_owned(), Value::from("Windows 2012 64位")),
            ("sizes".to_owned(), Value::List(sizes)),
            ("tags".to_owned(), Value::Map(Object::from([("a".to_owned(), Value::Null)]))),
            ("on".to_owned(), Value::unknown()),
        ]));
        assert_eq!(round(&value, &object()), value);
    }

    #[test]
    fn an_attribute_that_is_missing_is_null() {
        let value = decode(b"\x81\xa4name\xa1a", &object()).unwrap();
        assert_eq!(value.as_map().unwrap().len(), 4);
        assert_eq!(value.as_map().unwrap()["tags"], Value::Null);
    }

    #[test]
    fn unknown_is_written_as_terraform_writes_it() {
        assert_eq!(Writer::bytes(|sink| sink.unknown(&Refinement(None))), [0xd4, 0, 0]);
    }

    #[test]
    fn a_large_unsigned_number_is_exact() {
        let mut bytes = vec![0xcf];
        bytes.extend(u64::MAX.to_be_bytes());
        let value = decode(&bytes, &Type::Number).unwrap();
        assert_eq!(value, Value::Number(Number::Decimal("18446744073709551615".into())));
    }

    #[test]
    fn garbage_is_refused_with_the_place_where_it_is() {
        for (bytes, message) in [
            (&b"\x81\xa4name\x07"[..], "name: expected a string, found a number"),
            (b"\x81\xa5sizes\x92\x01\xa1x", "sizes[1]: \"x\" is not a number"),
            (b"\x81\xa4tags\x81\xa1k\x07", "tags[\"k\"]: expected a string, found a number"),
            (b"\x81\xa3who\xc0", ": there is no attribute \"who\""),
            (b"\xdf\xff\xff\xff\xff", ": expected a string, found nothing that MessagePack knows"),
            (b"\x81\xa5sizes\xdd\xff\xff\xff\xff", "sizes[0]: it ends too early"),
            (b"\x81\xa4name\xdb\xff\xff\xff\xffab", "name: its text ends too early"),
            (b"\x81\xa4name\xa2\xff\xfe", "name: its text is not UTF-8"),
            (b"\x81\xa2on\xc7\x40\x0c", "on: an unknown value is cut off"),
            (b"\xc0\xc0", ": 1 bytes follow the value"),
            (b"", ": it ends too early"),
        ] {
            let malformed = decode(bytes, &object()).unwrap_err();
            assert_eq!(format!("{}: {}", malformed.at, malformed.why), message);
        }
    }
}
