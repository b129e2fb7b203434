//! Opening allocates nothing, whatever the octets say: tests/HOSTILE.md class 7. Sealing allocates nothing either.

use crate::kit::seal::REQUEST;
use allocation_counter::{AllocationInfo, measure};
use ikev2::error::OpenError;
use ikev2::protect::{IvSequence, Suite, open, seal_content};
use ikev2::provider::Provider;
use ikev2::registry::{Encr, Integ, PayloadType};

const NOTHING: AllocationInfo =
    AllocationInfo { count_total: 0, count_current: 0, count_max: 0, bytes_total: 0, bytes_current: 0, bytes_max: 0 };

fn suites() -> Vec<Suite> {
    let macs = [1, 2, 5, 8, 12, 13, 14].map(Integ);
    let mut suites = Vec::new();
    for encr in Encr::ASSIGNED {
        for bits in [None, Some(128), Some(192), Some(256)] {
            let integs = macs.map(Some).into_iter().chain([None]);
            suites.extend(integs.filter_map(|integ| Suite::new(*encr, bits, integ).ok()));
        }
    }
    suites.retain(|suite| suite.supported(&Provider::builtin()).is_ok());
    suites
}

#[test]
fn the_counter_counts() {
    assert_eq!(measure(|| drop(core::hint::black_box(vec![1u8; 1000]))).bytes_total, 1000);
}

#[test]
fn hostile_07_nothing_is_allocated_for_unauthenticated_octets() {
    for suite in suites() {
        let (sk_e, sk_a) = (vec![1; suite.sk_e_len()], vec![2; suite.sk_a_len()]);
        let mut sealer = suite.sealer(&Provider::builtin(), &sk_e, &sk_a, IvSequence::new(&[3; 16])).unwrap();
        let opener = suite.opener(&Provider::builtin(), &sk_e, &sk_a).unwrap();
        let (mut buf, content) = (vec![0; 2000], vec![4; 1000]);

        let mut len = 0;
        let sealing = measure(|| len = seal_content(&mut buf, &REQUEST, &[], &mut *sealer, PayloadType::IDI, &content).unwrap().len());
        assert_eq!(sealing, NOTHING, "{suite:?}");

        let mut forged = buf[..len].to_vec();
        forged[100] ^= 1;
        // The same octets as fragment 1 of 65535.
        let mut fragment = [&forged[..32], &[0, 1, 0xff, 0xff], &forged[32..]].concat();
        fragment[16] = PayloadType::SKF.0;
        let (message_len, payload_len) = (u32::try_from(len + 4).unwrap(), u16::try_from(len + 4 - 28).unwrap());
        fragment[24..28].copy_from_slice(&message_len.to_be_bytes());
        fragment[30..32].copy_from_slice(&payload_len.to_be_bytes());
        for mut datagram in [forged, fragment] {
            let mut error = None;
            assert_eq!(measure(|| error = open(&mut datagram, &*opener).err()), NOTHING, "{suite:?}");
            assert!(matches!(error, Some(OpenError::NotAuthentic(_))), "{suite:?}: {error:?}");
        }
        for cut in [0, 27, 28, 31, 32, 40, 60] {
            assert_eq!(measure(|| assert!(open(&mut buf[..cut], &*opener).is_err())), NOTHING, "{suite:?}");
        }

        let mut received = 0;
        assert_eq!(measure(|| received = open(&mut buf[..len], &*opener).unwrap().content().len()), NOTHING, "{suite:?}");
        assert_eq!(received, 1000);
    }
}
